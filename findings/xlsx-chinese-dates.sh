#!/usr/bin/env bash
# xlsx: a cell that shows 2024年3月5日 is read as the number 45356, where its file names the format by number only.
# Needs Python 3.11 or newer and PyPI; works in a temporary folder. Exits 1 where what is seen is no longer what is told.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check \
    fastexcel==0.21.0 openpyxl==3.1.5 pandas==3.1.1 polars==2.1.0 python-calamine==0.9.1
venv/bin/python - <<'END'
import sys
import warnings
import zipfile
from importlib.metadata import version

import openpyxl
import pandas
import polars
from python_calamine import CalamineWorkbook

changed = []
warnings.simplefilter("ignore")  # of styles that the file does without, and of a change to come in pandas


def expect(what, seen, told):
    print(f"  {what}: {seen}" + ("" if seen == told else f", told: {told}"))
    if seen != told:
        changed.append(what)


def workbook(path, key, code=""):
    """Write a workbook with the day 45356 under the heading 期限, in the format ``key``, with its code or without."""
    kinds = "application/vnd.openxmlformats"
    schema = "http://schemas.openxmlformats.org"
    main = f'xmlns="{schema}/spreadsheetml/2006/main"'
    relations = f"{schema}/officeDocument/2006/relationships"
    escaped = code.replace('"', "&quot;")
    formats = f'<numFmts count="1"><numFmt numFmtId="{key}" formatCode="{escaped}"/></numFmts>' if code else ""
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{schema}/package/2006/content-types">'
        f'<Default Extension="rels" ContentType="{kinds}-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kinds}-officedocument.spreadsheetml.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{kinds}-officedocument.spreadsheetml.styles+xml"/>'
        f'<Override PartName="/xl/sheet1.xml" ContentType="{kinds}-officedocument.spreadsheetml.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{schema}/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{schema}/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{relations}/worksheet" Target="sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{relations}/styles" Target="styles.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {main} xmlns:r="{relations}"><sheets><sheet name="台账" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/styles.xml": f'<styleSheet {main}>{formats}<fonts count="1"><font/></fonts>'
        '<fills count="1"><fill><patternFill patternType="none"/></fill></fills><borders count="1"><border/></borders>'
        '<cellStyleXfs count="1"><xf/></cellStyleXfs>'
        f'<cellXfs count="2"><xf/><xf numFmtId="{key}" applyNumberFormat="1"/></cellXfs></styleSheet>',
        "xl/sheet1.xml": f'<worksheet {main}><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>期限</t></is></c></row>'
        '<row r="2"><c r="A2" s="1"><v>45356</v></c></row></sheetData></worksheet>',
    }
    with zipfile.ZipFile(path, "w") as package:
        for name, text in parts.items():
            package.writestr(name, '<?xml version="1.0" encoding="UTF-8"?>' + text)


def readings(path):
    found = {
        "openpyxl": openpyxl.load_workbook(path).active["A2"].value,
        "pandas": pandas.read_excel(path)["期限"][0],
        "polars (fastexcel, which is calamine)": polars.read_excel(path)["期限"][0],
        "python-calamine": CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()[1][0],
        "pandas, engine calamine": pandas.read_excel(path, engine="calamine")["期限"][0],
    }
    return {reader: str(value)[:10] for reader, value in found.items()}


print(", ".join(f"{name} {version(name)}" for name in ("openpyxl", "pandas", "polars", "fastexcel", "python-calamine")))
DAY, KNOWING = "2024-03-05", ("python-calamine", "pandas, engine calamine")
for key, code, shown in (
    (14, "", "2024/3/5"),
    (27, "", "2024年3月"),
    (31, "", "2024年3月5日"),
    (57, "", "2024年3月"),
    (58, "", "3月5日"),
    (31, 'yyyy"年"m"月"d"日"', "2024年3月5日"),
):
    print(f"format {key}, {code or 'without a code'}; a Chinese edition shows {shown}:")
    workbook("file.xlsx", key, code)
    for reader, seen in readings("file.xlsx").items():
        missed = key != 14 and not code and reader not in KNOWING
        expect(reader, seen, "45356" if missed else DAY)

print("changed: " + "; ".join(changed) if changed else "as told")
sys.exit(bool(changed))
END
