"""Try the schemas of packs on the libraries that hold decoding to a schema in vLLM, SGLang, TGI and others.

    python scripts/endpoints/try_grammars.py --python ENV/bin/python

ENV has one or more of xgrammar, llguidance and outlines_core. No model is asked: each library compiles the schemas of
calls about an invented notice, and is then fed, byte by byte, answers that fit the pack and answers that do not. Prints
a row for docs/models.md for each library, and exits 1 where one fares otherwise than it should.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT)]

from extractor.assist.packs.material import read_first  # noqa: E402
from extractor.assist.prompts import call_for  # noqa: E402
from extractor.assist.tasks import FIELDS, LABELS, LAYOUT  # noqa: E402

NOTICE = """某水库管理所党支部关于巡察整改进展情况的通报
2023年3月1日至4月20日,县委第二巡察组对水库管理所开展了巡察,5月9日反馈意见。开会5次。现将整改进展情况通报如下:
一、整改进展情况
1.关于“闸门钥匙无人登记”问题的整改。
一是修订《闸门钥匙领用细则》,清点旧钥匙40把。二是给予党纪处分2人。
2.关于“巡堤走过场”问题的整改。
一是堤防队巡堤30次。
某水库管理所党支部
2023年12月1日
"""
Answer = dict[str, Any]


def main() -> int:
    """Print a row a library; return 1 where one refuses what it should take, or takes what it should not."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--python", type=Path, required=True, help="the Python of an environment with the libraries")
    checker = Path(__file__).with_name("grammar_checks.py")
    command = [parser.parse_args().python, checker]
    done = subprocess.run(command, input=json.dumps(list(cases())), stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    print("| library | compiles the schemas of a pack in | what fits is taken | what does not fit is refused |")
    print("| --- | --- | --- | --- |")
    for name, library in found.items():
        print(_row(name, library))
    wrong = [each for library in found.values() for each in library["cases"].values()]
    return int(any("error" in each or each["refused"] or each["taken"] for each in wrong))


def cases() -> Iterator[dict[str, Any]]:
    """Yield the schema of a call of each task, with answers that fit it and answers that do not."""
    material = read_first(NOTICE, "tried")
    for task, (valid, invalid) in (
        (LABELS, _labels(LABELS.packs(material)[0])),
        (FIELDS, _fields()),
        (LAYOUT, _layout()),
    ):
        call = call_for(task.packs(material)[0])
        written = [{name: _terse(answer) for name, answer in each.items()} for each in (valid, invalid)]
        yield {"name": task.name, "schema": json.dumps(call.schema), "valid": written[0], "invalid": written[1]}


def _labels(pack: Any) -> tuple[dict[str, Answer], dict[str, Answer]]:
    """Return answers about the notice's two issues and three measures."""
    assert [len(pack.issues), len(pack.measures)] == [2, 3]
    right: Answer = {
        "issues": [{"i": 1, "c": "integrity"}, {"i": 2, "c": "governance"}],
        "measures": [
            {"m": 1, "t": ["regulation", "inspection"], "q": ["1旧钥匙"], "f": ["revised"]},
            {"m": 2, "t": ["accountability"], "q": ["1党纪处分"], "a": [{"q": 1, "a": "党纪处分"}]},
            {"m": 3, "t": ["inspection"], "q": ["1巡堤"], "n": ["堤防队"]},
        ],
    }

    def changed(path: tuple[str | int, ...], value: object) -> Answer:
        answer: Any = deepcopy(right)
        holder = answer
        for step in path[:-1]:
            holder = holder[step]
        holder[path[-1]] = value
        made: Answer = answer
        return made

    short = deepcopy(right)
    short["measures"].pop()
    return {"all pieces": right}, {
        "a measure is left out": short,
        "a measure is doubled": changed(("measures", 2, "m"), 2),
        "a value is none of the list": changed(("issues", 0, "c"), "integrities"),
        "a figure has no mark": changed(("measures", 1, "a", 0, "q"), 7),
        "a list is too long": changed(("measures", 0, "f"), ["revised", "issued"]),
        "more than three types": changed(("measures", 0, "t"), ["regulation"] * 4),
        "a key that nobody asked for": changed(("measures", 0, "why"), "x"),
        "words without end": changed(("measures", 2, "q"), ["巡" * 50]),
    }


def _fields() -> tuple[dict[str, Answer], dict[str, Answer]]:
    return {
        "some fields": {"title": "某通报", "kind": "巡察", "start": "2023-03-01", "end": "2023-04"},
        "a total": {"totals": [{"q": 1, "n": "meetings_held"}]},
    }, {
        "a date in another form": {"start": "2023年3月1日"},
        "a total of no figure": {"totals": [{"q": 9, "n": "meetings_held"}]},
        "a name without end": {"title": "某" * 200},
    }


def _layout() -> tuple[dict[str, Answer], dict[str, Answer]]:
    return {"two issues": {"issues": [{"h": 4, "m": [5, 6]}, {"h": 7, "m": [8], "e": ["8-8"]}]}}, {
        "a line that is not there": {"issues": [{"h": 4000, "m": [5]}]},
        "no heading": {"issues": [{"m": [5]}]},
        "a range in words": {"issues": [{"h": 4, "m": [5], "e": ["5至6"]}]},
    }


def _terse(answer: Answer) -> str:
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":"))


def _row(name: str, library: dict[str, Any]) -> str:
    found: dict[str, dict[str, Any]] = library["cases"]
    errors = [f"{task}: {each['error']}" for task, each in found.items() if "error" in each]
    fine = [each for each in found.values() if "error" not in each]
    seconds = f"{max((each['seconds'] for each in fine), default=0.0):.2f} s"
    told = [
        "; ".join(f"{task}: {', '.join(each[kind])}" for task, each in found.items() if each.get(kind)) or "all"
        for kind in ("refused", "taken")
    ]
    words = ["-" if not fine else each if each == "all" else f"all but {each}" for each in told]
    return f"| {name} {library['version']} | {'; '.join([seconds, *errors])} | {words[0]} | {words[1]} |"


if __name__ == "__main__":
    sys.exit(main())
