#!/usr/bin/env bash
# OFD: hidden text is read, a raised 2 leaves its line, columns are reversed or lost, the text of a stamp is not read.
# Needs Python 3.11 or newer and PyPI; works in a temporary folder. Exits 1 where what is seen is no longer what is told.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check docvortex==0.6.4 ofdkit==0.2.0
venv/bin/python - <<'END'
import itertools
import sys
import zipfile
from importlib.metadata import version
from pathlib import Path

import docvortex
import ofdkit

changed = []
numbers = itertools.count(20)
SPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"'
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


def expect(what, seen, told):
    print(f"  {what}: {seen!r}" + ("" if seen == told else f", told: {told!r}"))
    if seen != told:
        changed.append(what)


def ofd(path, objects, annotation=""):
    """Write an OFD of one page of A4 (GB/T 33190), with one annotation where one is given."""
    layer = f'<ofd:Layer ID="19">{objects}</ofd:Layer>'
    area = "<ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox>"
    listed = "<ofd:Annotations>Annotations.xml</ofd:Annotations>" if annotation else ""
    with zipfile.ZipFile(path, "w") as package:
        package.writestr(
            "OFD.xml",
            f'{HEAD}<ofd:OFD {SPACE} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>1</ofd:DocID></ofd:DocInfo>'
            "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        )
        package.writestr(
            "Doc_0/Document.xml",
            f"{HEAD}<ofd:Document {SPACE}><ofd:CommonData><ofd:MaxUnitID>200</ofd:MaxUnitID><ofd:PageArea>{area}</ofd:PageArea>"
            "<ofd:PublicRes>PublicRes.xml</ofd:PublicRes></ofd:CommonData>"
            f'<ofd:Pages><ofd:Page ID="10" BaseLoc="Page.xml"/></ofd:Pages>{listed}</ofd:Document>',
        )
        package.writestr(
            "Doc_0/PublicRes.xml",
            f'{HEAD}<ofd:Res {SPACE} BaseLoc="Res"><ofd:Fonts><ofd:Font ID="5" FontName="宋体"/></ofd:Fonts></ofd:Res>',
        )
        package.writestr(
            "Doc_0/Page.xml",
            f"{HEAD}<ofd:Page {SPACE}><ofd:Area>{area}</ofd:Area><ofd:Content>{layer}</ofd:Content></ofd:Page>",
        )
        if annotation:
            package.writestr(
                "Doc_0/Annotations.xml",
                f'{HEAD}<ofd:Annotations {SPACE}><ofd:Page PageID="10"><ofd:FileLoc>Annotation.xml</ofd:FileLoc></ofd:Page>'
                "</ofd:Annotations>",
            )
            package.writestr("Doc_0/Annotation.xml", f"{HEAD}<ofd:PageAnnot {SPACE}>{annotation}</ofd:PageAnnot>")


def line(text, x, y, size=5.0, more=""):
    """A text object; millimetres from the upper left corner. Digits and letters are half as wide."""
    widths = [size / 2 if character.isascii() else size for character in text]
    steps = " ".join(f"{width:g}" for width in widths[:-1])
    delta = f' DeltaX="{steps}"' if steps else ""
    return (
        f'<ofd:TextObject ID="{next(numbers)}" Boundary="{x} {y} {sum(widths):g} {size + 1:g}" Font="5" Size="{size:g}" {more}>'
        f'<ofd:TextCode X="0" Y="{size:g}"{delta}>{text}</ofd:TextCode></ofd:TextObject>'
    )


def column(text, x, more):
    steps = " ".join(["5"] * (len(text) - 1))
    return (
        f'<ofd:TextObject ID="{next(numbers)}" Boundary="{x} 30 6 {5 * len(text) + 2}" Font="5" Size="5" {more}>'
        f'<ofd:TextCode X="0" Y="5" DeltaY="{steps}">{text}</ofd:TextCode></ofd:TextObject>'
    )


def readings(path):
    docvortex.convert(path, "page.md", overwrite=True)
    by_docvortex = Path("page.md").read_text(encoding="utf-8")
    found = {"docvortex": by_docvortex, "ofdkit": ofdkit.extract_text(path)}
    return {reader: [each for each in text.splitlines() if each.strip()] for reader, text in found.items()}


def compare(told):
    for reader, lines in readings("page.ofd").items():
        expect(reader, [each for each in lines if each not in above], told[reader])


print(", ".join(f"{name} {version(name)}" for name in ("docvortex", "ofdkit")))
above = ["一、关于党的领导弱化问题", "整改情况：区委召开常委会专题研究。", "二、关于资金管理不规范问题"]
page = "".join(line(text, 20, 40 + 12 * place) for place, text in enumerate(above))

print("追缴资金57万元, not visible (Visible=\"false\"), and over it 追缴资金58万元:")
ofd("page.ofd", page + line("追缴资金57万元", 20, 90, more='Visible="false"') + line("追缴资金58万元", 20, 90))
compare({"docvortex": ["追缴资金58万元"], "ofdkit": ["追缴资金57万元追缴资金58万元"]})

print("违建面积12m, a small raised 2, ，涉及30户:")
ofd("page.ofd", page + line("违建面积12m", 20, 90) + line("2", 47.5, 89.5, 2.5) + line("，涉及30户", 49, 90))
compare({"docvortex": ["2", "违建面积12m，涉及30户"], "ofdkit": ["2", "违建面积12m ，涉及30户"]})

print("a page written from top to bottom, 一、二、三、 from right to left:")
columns = ["一、关于党的领导问题", "二、关于资金管理问题", "三、关于作风建设问题"]
reversed_order = ["三、关于作风建设问题二、关于资金管理问题一、关于党的领导问题"]
told = {"": {"docvortex": reversed_order}, 'ReadDirection="90"': {"docvortex": []}}
for direction, by_docvortex in told.items():
    ofd("page.ofd", "".join(column(text, 150 - 10 * place, direction) for place, text in enumerate(columns)))
    print(f" with {direction or 'no ReadDirection'}:")
    compare({**by_docvortex, "ofdkit": reversed_order})

print("a page with a stamp, an annotation that shows 区委巡察办2024年3月:")
look = f'<ofd:Appearance Boundary="120 140 70 20">{line("区委巡察办2024年3月", 0, 0)}</ofd:Appearance>'
ofd("page.ofd", page, f'<ofd:Annot ID="80" Type="Stamp" Creator="x" LastModDate="2024-03-05">{look}</ofd:Annot>')
compare({"docvortex": [], "ofdkit": []})

print("changed: " + "; ".join(changed) if changed else "as told")
sys.exit(bool(changed))
END
