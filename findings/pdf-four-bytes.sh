#!/usr/bin/env bash
# PDF: in the encoding GBK2K-H a character of four bytes is lost, or leaves a digit.
# Needs Python 3.11 or newer and PyPI; works in a temporary folder. Exits 1 where what is seen is no longer what is told.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check pdfminer.six==20260107 pypdf==7.1.1 pypdfium2==5.15.2
venv/bin/python - <<'END'
import sys
from importlib.metadata import version

import pypdfium2
from pdfminer.high_level import extract_text
from pypdf import PdfReader

changed = []


def expect(what, seen, told):
    print(f"  {what}: {seen!r}" + ("" if seen == told else f", told: {told!r}"))
    if seen != told:
        changed.append(what)


def pdf(path, encoding, content):
    """Write a PDF of one page with Adobe's Song font, which is not embedded, in one of PDF's predefined encodings."""
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
        f"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /{encoding} /DescendantFonts [6 0 R] >>",
        "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 /FontDescriptor 7 0 R "
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> >>",
        "<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 "
        "/Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>",
    ]
    written, places = b"%PDF-1.7\n", []
    for number, text in enumerate(objects, 1):
        places.append(len(written))
        written += f"{number} 0 obj\n{text}\nendobj\n".encode("ascii")
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    end += f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(written)}\n%%EOF"
    with open(path, "wb") as file:
        file.write(written + end.encode("ascii"))


def readings(path):
    document = pypdfium2.PdfDocument(path)
    by_pdfium = document[0].get_textpage().get_text_range()
    document.close()
    return {
        "pdfminer.six": extract_text(path).strip(),
        "pypdf": PdfReader(path).pages[0].extract_text(),
        "pypdfium2": by_pdfium,
    }


print(", ".join(f"{name} {version(name)}" for name in ("pdfminer.six", "pypdf", "pypdfium2")))

for line, told in {
    "李㛃等12人": {"pdfminer.six": "李㛃等12人", "pypdf": "李㛃等12人", "pypdfium2": "李\ufffd\ufffd等12人"},
    "第㉑条": {"pdfminer.six": "第0条", "pypdf": "第㉑条", "pypdfium2": "第\ufffd\ufffd条"},
}.items():
    codes = " ".join(each.encode("gb18030").hex() for each in line)
    print(f"{line}, the codes {codes}:")
    pdf("line.pdf", "GBK2K-H", f"BT /F1 16 Tf 50 700 Td <{codes}> Tj ET")
    for reader, text in readings("line.pdf").items():
        expect(reader, text, told[reader])

print("changed: " + "; ".join(changed) if changed else "as told")
sys.exit(bool(changed))
END
