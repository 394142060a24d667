#!/usr/bin/env bash
# OFD: an escaped blank before a number becomes its first digits: 整改 12项 is read as 整改\002012项.
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

changed = []
SPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"'
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


def expect(what, seen, told):
    print(f"  {what}: {seen!r}" + ("" if seen == told else f", told: {told!r}"))
    if seen != told:
        changed.append(what)


def ofd(path, objects):
    """Write an OFD of one page of A4 (GB/T 33190)."""
    area = "<ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox>"
    parts = {
        "OFD.xml": f'<ofd:OFD {SPACE} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>1</ofd:DocID></ofd:DocInfo>'
        "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {SPACE}><ofd:CommonData><ofd:MaxUnitID>200</ofd:MaxUnitID><ofd:PageArea>{area}"
        "</ofd:PageArea><ofd:PublicRes>PublicRes.xml</ofd:PublicRes></ofd:CommonData>"
        '<ofd:Pages><ofd:Page ID="10" BaseLoc="Page.xml"/></ofd:Pages></ofd:Document>',
        "Doc_0/PublicRes.xml": f'<ofd:Res {SPACE} BaseLoc="Res"><ofd:Fonts><ofd:Font ID="5" FontName="宋体"/></ofd:Fonts></ofd:Res>',
        "Doc_0/Page.xml": f"<ofd:Page {SPACE}><ofd:Area>{area}</ofd:Area><ofd:Content>"
        f'<ofd:Layer ID="19">{objects}</ofd:Layer></ofd:Content></ofd:Page>',
    }
    with zipfile.ZipFile(path, "w") as package:
        for name, content in parts.items():
            package.writestr(name, HEAD + content)


def line(shown, written):
    """A text object at (20, 40) millimetres; its steps are those of the characters that are shown."""
    widths = [2.5 if character.isascii() else 5 for character in shown]
    steps = " ".join(f"{width:g}" for width in widths[:-1])
    return (
        f'<ofd:TextObject ID="20" Boundary="20 40 {sum(widths):g} 6" Font="5" Size="5">'
        f'<ofd:TextCode X="0" Y="5" DeltaX="{steps}">{written}</ofd:TextCode></ofd:TextObject>'
    )


def reading(path):
    docvortex.convert(path, "page.md", overwrite=True)
    by_docvortex = Path("page.md").read_text(encoding="utf-8")
    return {"docvortex": by_docvortex.strip(), "ofdkit": ofdkit.extract_text(path).strip()}


print(", ".join(f"{name} {version(name)}" for name in ("docvortex", "ofdkit")))
for shown, written in (("整改 12项", "整改\\002012项"), ("追缴㉑万元", "追缴\\3251万元")):
    ofd("page.ofd", line(shown, written))
    print(f"{shown}, written as {written}:")
    seen = reading("page.ofd")
    expect("docvortex", seen["docvortex"], shown)
    expect("ofdkit", seen["ofdkit"], written)

print("changed: " + "; ".join(changed) if changed else "as told")
sys.exit(bool(changed))
END
