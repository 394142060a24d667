#!/usr/bin/env bash
# OFD: of a document in two versions the older text is read, though the file marks the newer one as current.
# Needs Python 3.11 or newer and PyPI; works in a temporary folder. Exits 1 where what is seen is no longer what is told.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check docvortex==0.6.4 ofdkit==0.2.0
venv/bin/python - <<'END'
import sys
import zipfile
from importlib.metadata import version
from pathlib import Path

import docvortex
import ofdkit

SPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"'
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
AREA = "<ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox>"
TEXTS = {"1": "追缴资金12万元。", "2": "追缴资金35.6万元。"}


def part(package, place, name, inside, more=""):
    package.writestr(place, f"{HEAD}<ofd:{name} {SPACE} {more}>{inside}</ofd:{name}>")


def ofd(path, root):
    """Write an OFD of one document in two versions, of which the second is marked as current (GB/T 33190, 19)."""
    marks = {"1": "false", "2": "true"}
    versions = "".join(
        f'<ofd:Version ID="v{number}" Index="{number}" Current="{mark}" BaseLoc="/Doc_0/Versions/V{number}.xml"/>'
        for number, mark in marks.items()
    )
    with zipfile.ZipFile(path, "w") as package:
        body = f"<ofd:DocInfo><ofd:DocID>1</ofd:DocID></ofd:DocInfo>{root}<ofd:Versions>{versions}</ofd:Versions>"
        part(package, "OFD.xml", "OFD", f"<ofd:DocBody>{body}</ofd:DocBody>", 'Version="1.0" DocType="OFD"')
        for number, text in TEXTS.items():
            place = f"/Doc_0/Document_{number}.xml"
            files = f'<ofd:FileList><ofd:File ID="1">{place}</ofd:File></ofd:FileList>'
            named = f"{files}<ofd:DocRoot>{place}</ofd:DocRoot>"
            part(package, f"Doc_0/Versions/V{number}.xml", "DocVersion", named, f'ID="v{number}"')
            common = f"<ofd:CommonData><ofd:MaxUnitID>9</ofd:MaxUnitID><ofd:PageArea>{AREA}</ofd:PageArea></ofd:CommonData>"
            pages = f'<ofd:Pages><ofd:Page ID="1" BaseLoc="/Doc_0/Page_{number}.xml"/></ofd:Pages>'
            part(package, place[1:], "Document", common + pages)
            code = f'<ofd:TextCode X="0" Y="5" DeltaX="g {len(text) - 1} 5">{text}</ofd:TextCode>'
            shown = f'<ofd:TextObject ID="3" Boundary="20 40 120 8" Font="5" Size="5">{code}</ofd:TextObject>'
            content = f'<ofd:Content><ofd:Layer ID="2">{shown}</ofd:Layer></ofd:Content>'
            part(package, f"Doc_0/Page_{number}.xml", "Page", f"<ofd:Area>{AREA}</ofd:Area>{content}")


def reading(convert):
    """What a reader gives: the texts that it found, or the kind of its error."""
    try:
        text = convert()
    except Exception as error:
        return type(error).__name__
    return [each for each in TEXTS.values() if each in text.replace(" ", "")]


def by_docvortex():
    docvortex.convert("page.ofd", "page.md", overwrite=True)
    return Path("page.md").read_text(encoding="utf-8")


readers = {"docvortex": by_docvortex, "ofdkit": lambda: ofdkit.extract_text("page.ofd")}
print(", ".join(f"{name} {version(name)}" for name in readers))
cases = {
    "DocRoot names the first version": "<ofd:DocRoot>Doc_0/Document_1.xml</ofd:DocRoot>",
    "no DocRoot, which is optional": "",
}
told = {
    "DocRoot names the first version": {"docvortex": [TEXTS["1"]], "ofdkit": [TEXTS["1"]]},
    "no DocRoot, which is optional": {"docvortex": "OfdParseError", "ofdkit": "OFDFormatError"},
}
changed = []
for case, root in cases.items():
    ofd("page.ofd", root)
    print(f"two versions, the second marked as current; {case}:")
    for reader, convert in readers.items():
        seen = reading(convert)
        print(f"  {reader}: {seen!r}" + ("" if seen == told[case][reader] else f", told: {told[case][reader]!r}"))
        changed += [f"{reader}, {case}"] if seen != told[case][reader] else []

print("changed: " + "; ".join(changed) if changed else "as told")
sys.exit(bool(changed))
END
