#!/usr/bin/env bash
# JioNLP: 12亿3400万元 is read as 1,534,070,000 yuan, marked accurate: to each number its own digits are added.
# Needs Python 3.11 or newer and PyPI; works in a temporary folder. Exits 1 where what is seen is no longer what is told.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check cn2an==0.5.24 jiojio==1.2.8 jionlp==1.5.31
cat > amounts.py <<'END'
import sys
from decimal import Decimal
from importlib.metadata import version

import cn2an
import jionlp

changed = []


def expect(what, seen, told, printed):
    note = "" if told == printed else f", printed: {printed}"
    print(f"  {what}: {seen}{note}" + ("" if seen == told else f", told: {told}"))
    if seen != told:
        changed.append(what)


print(", ".join(f"{name} {version(name)}" for name in ("jionlp", "cn2an")))

print("jionlp.parse_money:")
for amount, printed, told in (
    ("12亿3400万元", "1234000000.00", "1534070000.00"),
    ("1亿2千万元", "120000000.00", "220000000.00"),
    ("35万6千元", "356000.00", "436000.00"),
    ("12万3456元", "123456.00", "153474.00"),
    ("12万3456.78元", "123456.78", "150033.00"),
    ("三十五万六千元", "356000.00", "356000.00"),
    ("35.6万元", "356000.00", "356000.00"),
    ("356000元", "356000.00", "356000.00"),
):
    found = jionlp.parse_money(amount)
    expect(amount, (found["num"], found["definition"]), (told, "accurate"), (printed, "accurate"))

sentence = "追缴资金12亿3400万元，退还35万6千元，罚没35.6万元。"
print(f"jionlp.ner.extract_money, {sentence}")
seen = [(found["text"], found["detail"]["num"]) for found in jionlp.ner.extract_money(sentence, with_parsing=True)]
told = [("12亿3400万元", "1534070000.00"), ("35万6千元", "436000.00"), ("35.6万元", "356000.00")]
expect("found", seen, told, [("12亿3400万元", "1234000000.00"), ("35万6千元", "356000.00"), ("35.6万元", "356000.00")])

print("cn2an.cn2an, mode smart:")
for amount, printed in (("12亿3400万", 1234000000), ("35万6千", 356000), ("12万3456", 123456)):
    expect(amount, Decimal(cn2an.cn2an(amount, "smart")), Decimal(printed), Decimal(printed))

print("changed: " + "; ".join(changed) if changed else "as told")
sys.exit(bool(changed))
END
venv/bin/python amounts.py 2> jionlp.log || { cat jionlp.log >&2; exit 1; }
