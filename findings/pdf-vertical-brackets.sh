#!/usr/bin/env bash
# PDF: what vertical brackets and dashes are read as depends on the encoding of the font.
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

line = "（二）追缴资金——35万元"
told = {
    ("GBK-EUC-V", "gbk"): "︵二︶追缴资金︱︱35万元",
    ("UniGB-UCS2-V", "utf-16-be"): line,
}
for (encoding, codec), by_pdfium in told.items():
    print(f"{line} written from top to bottom, in {encoding}:")
    pdf("line.pdf", encoding, f"BT /F1 16 Tf 300 700 Td <{line.encode(codec).hex()}> Tj ET")
    seen = readings("line.pdf")
    expect("pypdfium2", seen["pypdfium2"], by_pdfium)
    expect("pypdf", seen["pypdf"], line)
    expect("pdfminer.six, lines", seen["pdfminer.six"].count("\n") + 1, len(line))

print("changed: " + "; ".join(changed) if changed else "as told")
sys.exit(bool(changed))
END
