#!/usr/bin/env bash
# Word fields in LibreOffice: dates of today, a year that stands twice, numbers of tables that change on the way to .doc.
# Needs Python 3.11 or newer and LibreOffice (Debian 12: libreoffice-writer 7.4.7); works in a temporary folder.
# Exits 1 where what is seen is no longer what is told.
set -euo pipefail
command -v soffice >/dev/null || { echo "skipped: LibreOffice (soffice) is not installed"; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" - <<'END'
import re
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path

changed = []


def expect(what, seen, told):
    print(f"  {what}: {seen}" + ("" if seen == told else f", told: {told}"))
    if seen != told:
        changed.append(what)


def field(instruction, stored):
    """Return the runs of a field whose result, as Word stored it, is ``stored``."""
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {instruction} </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        f'<w:r><w:t>{stored}</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def docx(path, paragraphs):
    """Write a docx that was saved on the third of March 2023."""
    kinds = "application/vnd.openxmlformats"
    schema = "http://schemas.openxmlformats.org"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{schema}/package/2006/content-types">'
        f'<Default Extension="rels" ContentType="{kinds}-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{kinds}-officedocument.wordprocessingml.document.main+xml"/>'
        f'<Override PartName="/docProps/core.xml" ContentType="{kinds}-package.core-properties+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{schema}/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{schema}/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>'
        f'<Relationship Id="r2" Type="{schema}/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/>'
        "</Relationships>",
        "docProps/core.xml": f'<cp:coreProperties xmlns:cp="{schema}/package/2006/metadata/core-properties" '
        'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        '<dcterms:modified xsi:type="dcterms:W3CDTF">2023-03-03T08:00:00Z</dcterms:modified></cp:coreProperties>',
        "word/document.xml": f'<w:document xmlns:w="{schema}/wordprocessingml/2006/main"><w:body>'
        + "".join(f"<w:p>{paragraph}</w:p>" for paragraph in paragraphs)
        + "</w:body></w:document>",
    }
    with zipfile.ZipFile(path, "w") as package:
        for name, text in parts.items():
            package.writestr(name, '<?xml version="1.0" encoding="UTF-8"?>' + text)


def convert(path, kind, folder):
    profile = Path("profile").absolute().as_uri()
    subprocess.run(
        ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", kind, "--outdir", folder, path],
        check=True,
        capture_output=True,
    )


def lines(path, folder):
    convert(path, "txt:Text", folder)
    return (Path(folder) / Path(path).with_suffix(".txt").name).read_text(encoding="utf-8-sig").splitlines()


#        the field, its result as Word stored it, as text by LibreOffice, as text by LibreOffice through .doc
IN_CHINESE, IN_FIGURES = '"EEEE年O月A日"', '"yyyy年M月d日"'
FIELDS = (
    (f"DATE \\@ {IN_FIGURES}", "2024年3月5日", "today", "today"),
    (f"TIME \\@ {IN_FIGURES}", "2024年3月5日", "today", "today"),
    (f"SAVEDATE \\@ {IN_FIGURES}", "2023年3月3日", "2023年3月3日", "2023年3月3日"),
    (f"SAVEDATE \\@ {IN_CHINESE}", "二〇二三年三月三日", "二〇二三二〇二三年三月三日", "二〇二三二〇二三年三月三日"),
    ("SEQ 表 \\* ARABIC \\r 5", "5", "5", "1"),
    ("SEQ 表 \\* ARABIC", "6", "6", "2"),
    ("SEQ 表", "7", "7", ""),
    ("SEQ 图 \\* CHINESENUM3", "一", "一", "1"),
    ('IF 1=1 "35" "36"', "35", "35", "|"),
    ("NUMPAGES", "12", "1", "1"),
)

office = subprocess.run(["soffice", "--version"], check=True, capture_output=True, text=True).stdout.split()
print(f"LibreOffice {office[1]}")
docx("fields.docx", [f"<w:r><w:t>甲</w:t></w:r>{field(code, stored)}<w:r><w:t>乙</w:t></w:r>" for code, stored, *_ in FIELDS])
before = date.today()
direct = lines("fields.docx", "direct")
convert("fields.docx", "doc", "old")
through = lines("old/fields.doc", "old")
days = {f"{day.year}年{day.month}月{day.day}日" for day in (before, date.today())}
for title, seen, place in (("docx to text", direct, 2), ("docx to .doc to text", through, 3)):
    print(f"{title}:")
    for told, line in zip(FIELDS, seen, strict=True):
        found = re.fullmatch("甲(.*)乙", line)[1]
        expect(f"{told[0]}, stored {told[1]}", "today" if found in days else found, told[place])

print("changed: " + "; ".join(changed) if changed else "as told")
sys.exit(bool(changed))
END
