#!/usr/bin/env bash
# docx: two figures become one, a fraction becomes a figure.
# Needs Python 3.11 or newer and PyPI; works in a temporary folder. Exits 1 where what is seen is no longer what is told.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check docx2python==3.7.1 docx2txt==0.9 mammoth==1.13.0 python-docx==1.2.0
venv/bin/python - <<'END'
import sys
import zipfile
from importlib.metadata import version

import docx2txt
import mammoth
from docx import Document
from docx2python import docx2python

changed = []


def expect(what, seen, told):
    print(f"  {what}: {seen!r}" + ("" if seen == told else f", told: {told!r}"))
    if seen != told:
        changed.append(what)


def docx(path, paragraph):
    """Write a docx that holds one paragraph."""
    kinds = "application/vnd.openxmlformats"
    schema = "http://schemas.openxmlformats.org"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr(
            "[Content_Types].xml",
            f'<?xml version="1.0"?><Types xmlns="{schema}/package/2006/content-types">'
            f'<Default Extension="rels" ContentType="{kinds}-package.relationships+xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{kinds}-officedocument.wordprocessingml.document.main+xml"/></Types>',
        )
        package.writestr(
            "_rels/.rels",
            f'<?xml version="1.0"?><Relationships xmlns="{schema}/package/2006/relationships"><Relationship Id="r1" '
            f'Type="{schema}/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
        )
        package.writestr(
            "word/_rels/document.xml.rels", f'<?xml version="1.0"?><Relationships xmlns="{schema}/package/2006/relationships"/>'
        )
        package.writestr(
            "word/document.xml",
            f'<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="{schema}/wordprocessingml/2006/main" '
            f'xmlns:m="{schema}/officeDocument/2006/math" xmlns:r="{schema}/officeDocument/2006/relationships"><w:body><w:p>{paragraph}</w:p></w:body></w:document>',
        )


def run(text):
    return f"<w:r><w:t>{text}</w:t></w:r>"


def readings(path):
    with docx2python(path) as read:
        by_docx2python = read.text.strip()
    with open(path, "rb") as file:
        by_mammoth = mammoth.extract_raw_text(file).value.strip()
    return {
        "docx2python": by_docx2python,
        "docx2txt": docx2txt.process(path).strip(),
        "mammoth": by_mammoth,
        "python-docx": Document(path).paragraphs[0].text,
    }


print(", ".join(f"{name} {version(name)}" for name in ("docx2python", "docx2txt", "mammoth", "python-docx")))

print("12, a tab to the right margin (w:ptab), 34:")
docx("tab.docx", '<w:r><w:t>12</w:t><w:ptab w:relativeTo="margin" w:alignment="right" w:leader="dot"/><w:t>34</w:t></w:r>')
told = {"docx2python": "1234", "docx2txt": "1234", "mammoth": "1234", "python-docx": "12\t34"}
for reader, text in readings("tab.docx").items():
    expect(reader, text, told[reader])

print("完成率, the fraction of 35 and 50 as Word writes an equation (m:f), 以上:")
half = "<m:f><m:num><m:r><m:t>35</m:t></m:r></m:num><m:den><m:r><m:t>50</m:t></m:r></m:den></m:f>"
docx("fraction.docx", run("完成率") + f"<m:oMath>{half}</m:oMath>" + run("以上"))
told = {"docx2python": "完成率<latex>3550</latex>以上", "docx2txt": "完成率以上", "mammoth": "完成率以上", "python-docx": "完成率以上"}
for reader, text in readings("fraction.docx").items():
    expect(reader, text, told[reader])

print("changed: " + "; ".join(changed) if changed else "as told")
sys.exit(bool(changed))
END
