#!/usr/bin/env bash
# RTF: numbers of a list that were written the old way are dropped, those written the new way are kept.
# Needs Python 3.11 or newer and PyPI; works in a temporary folder. Exits 1 where what is seen is no longer what is told.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check striprtf==0.0.35
venv/bin/python - <<'END'
import sys
from importlib.metadata import version

from striprtf.striprtf import rtf_to_text

changed = []


def expect(what, seen, told):
    print(f"  {what}: {seen!r}" + ("" if seen == told else f", told: {told!r}"))
    if seen != told:
        changed.append(what)


def chinese(text):
    return "".join(rf"\'{byte:02x}" for byte in text.encode("gbk"))


def rtf(body):
    return r"{\rtf1\ansi\ansicpg936\deff0{\fonttbl{\f0\fnil\fcharset134 SimSun;}}\pard\f0 " + body + r"\par}"


print(f"striprtf {version('striprtf')}")
number, tail = chinese("一、"), chinese("强化责任")
settings = r"{\*\pn\pnlvlbody\pnf0\pnstart1\pndbnum{\pntxta " + chinese("、") + "}}"
for way, body, told in (
    ("new", r"{\listtext\pard\plain\f0 " + number + r"\tab}" + tail, "一、\t强化责任"),
    ("old", r"{\pntext\pard\plain\f0 " + number + r"\tab}" + settings + tail, "强化责任"),
):
    print(f"一、强化责任, the number in the {way} way:")
    expect("striprtf", rtf_to_text(rtf(body)).strip(), told)

for name, told in {"line": "12\n34", "page": "12\n\n34", "column": "1234", "softline": "1234"}.items():
    print(rf"12\{name} 34:")
    expect("striprtf", rtf_to_text(rtf(rf"12\{name} 34")).strip(), told)

print("共35{footnote: 含2022年结转12项}项:")
note = r"{\super\chftn{\footnote\pard\plain\f0 " + chinese("含") + "2022" + chinese("年结转") + "12" + chinese("项") + "}}"
expect("striprtf", rtf_to_text(rtf(chinese("共") + "35" + note + chinese("项"))).strip(), "共35项")

print("changed: " + "; ".join(changed) if changed else "as told")
sys.exit(bool(changed))
END
