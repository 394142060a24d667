#!/usr/bin/env bash
# LibreOffice's csv: a cell that shows 35.6万 is 356000 in one, 35.6万 in another, as its options are left out or begun.
# Needs Python 3.11 or newer, PyPI and LibreOffice (Debian 12: libreoffice-calc 7.4.7); works in a temporary folder.
# Exits 1 where what is seen is no longer what is told.
set -euo pipefail
command -v soffice >/dev/null || { echo "skipped: LibreOffice (soffice) is not installed"; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check openpyxl==3.1.5
venv/bin/python - <<'END'
import csv
import subprocess
import sys
from datetime import date
from importlib.metadata import version
from pathlib import Path

import openpyxl

changed = []


def expect(what, seen, told):
    print(f"  {what}: {seen}" + ("" if seen == told else f", told: {told}"))
    if seen != told:
        changed.append(what)


def convert(kind):
    """Convert book.xlsx into the folder out, by a LibreOffice with a profile of its own, set to Chinese forms."""
    profile = Path("profile").absolute()
    settings = profile / "user" / "registrymodifications.xcu"
    if not settings.exists():
        settings.parent.mkdir(parents=True)
        settings.write_text(
            '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry">'
            '<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse">'
            "<value>zh-CN</value></prop></item></oor:items>"
        )
    subprocess.run(
        ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", kind, "--outdir", "out", "book.xlsx"],
        check=True,
        capture_output=True,
    )


def column(kind):
    convert(kind)
    with open("out/book.csv", encoding="utf-8", newline="") as file:
        return [row[0] for row in csv.reader(file)]


#        value, format, in the csv as shown, in the csv of a command without options
CELLS = (
    (356000, '0\\.0,"万"', "35.6万", "356000"),
    (356000, '0"."0000"万元"', "35.6000万元", "356000"),
    (35.6, '0.00"万元"', "35.60万元", "35.6"),
    (12, '0"项"', "12项", "12"),
    (date(2024, 3, 1), 'yyyy"年"m"月"', "2024年3月", "2024/3/1"),
)

office = subprocess.run(["soffice", "--version"], check=True, capture_output=True, text=True).stdout.split()
print(f"LibreOffice {office[1]}, openpyxl {version('openpyxl')} (which writes the file)")
book = openpyxl.Workbook()
for row, (value, code, *_) in enumerate(CELLS, 1):
    book.active.cell(row, 1, value).number_format = code
book.save("book.xlsx")

for place, kind in ((3, "csv"), (2, "csv:Text - txt - csv (StarCalc):44,34,76")):
    print(f"soffice --convert-to {kind!r}:")
    for cell, seen in zip(CELLS, column(kind), strict=True):
        expect(f"{cell[0]} in the format {cell[1]}", seen, cell[place])

print("changed: " + "; ".join(changed) if changed else "as told")
sys.exit(bool(changed))
END
