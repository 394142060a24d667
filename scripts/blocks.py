"""The parts of README and docs that are made by running the project: each function returns Markdown.

A page calls them between its cog marks; ``scripts/readme.py`` runs them all and puts the results into the pages.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import chdir, contextmanager
from functools import cache
from pathlib import Path
from typing import Any, get_type_hints

from notice_extractor_eval.agreement import compare_annotators
from notice_extractor_eval.evaluate_gold import measure_gold
from notice_extractor_eval.evaluation import Evaluation
from notice_extractor_eval.gold_folder import Split
from notice_extractor_eval.markdown import cell, table
from notice_extractor_eval.score_fields import ROWS, Lang
from notice_extractor_eval.score_metrics import Metrics, metrics
from notice_extractor_eval.score_report import scores_table
from pydantic import BaseModel
from recorded_models import JUDGED, LARGE, OWN, SMALL, SPLITS, scored, scored_where_asked

from extractor import extract
from extractor.commands.endpoint_options import EndpointFlags
from extractor.data import read_table
from extractor.files.sources import file_limits
from extractor.notice.outline.ending import find_ending
from extractor.notice.outline.marks import find_marks
from extractor.notice.outline.rectification import find_parts
from extractor.notice.outline.segments import split_segments
from extractor.notice.outline.tree import OutlineNode, grow
from extractor.record import contract
from extractor.record.contract import Accountability, Issue, Notice
from extractor.record.enumerations import VOCABULARIES
from extractor.text.folding import half_width

ROOT = Path(__file__).resolve().parents[1]
GOLD = ROOT / "gold"
NOTICES = GOLD / "notices"
# Examples are from notices that rules may be tuned on, so that nobody meets the held-back ones in passing.
HELD_TO_ACCOUNT = "lianyungang-haizhou-2024"
MEASURED = ("nanjing-jiangbei-2024", "医疗事业统筹发展", 2)

_SCORED = (
    "notice_fields", "contact", "totals",
    "issues", "issues.title", "issues.section", "issues.category", "issues.status",
    "measures", "measures.heading", "measures.types", "measures.status",
    "measures.documents", "measures.quantities", "measures.quantities.subject", "measures.dates",
    "measures.organizations", "measures.accountability",
)  # fmt: skip
_LINE = 110

EXAMPLE = """\
某镇党委关于巡察整改进展情况的通报
2023年3月1日至4月20日,县委第二巡察组对某镇党委开展了巡察。
一、组织领导情况
镇党委召开专题会5次,坚决扛起“一岗双责”。
二、整改进展情况
(一)党的建设方面
1.关于“学习不够深入”问题的整改。
整改情况:一是制定《学习计划》,组织“一是学、二是做”活动。二是由第一书记授课3次。
2.关于“作风不实”问题的整改。
约谈5人。
中共某镇委员会
2023年12月1日
"""
"""A made-up notice, so that every stage of docs/outline.md fits on a screen."""


def held_to_account(lang: Lang) -> str:
    """Return the issues of one gold notice in which someone was held to account, as extracted."""
    issues = _extracted(HELD_TO_ACCOUNT).issues
    heads = {
        "en": ("finding", "category", "status", "measures", "documents", "figures", "held to account"),
        "zh": ("问题", "类别", "状态", "措施", "文件", "数量", "追责问责"),
    }
    rows = [_result_row(issue, lang) for issue in issues if any(m.accountability for m in issue.measures)]
    said = {
        "en": f"One notice has {len(issues)} findings. In {len(rows)} of them persons or cases were dealt with:",
        "zh": f"以一篇通报为例：共{len(issues)}个问题，其中{len(rows)}个写明了处理、查处的人数或件数：",
    }
    return f"{said[lang]}\n\n{table(heads[lang], rows, right=(3, 4, 5))}"


def _result_row(issue: Issue, lang: Lang) -> list[str]:
    measures = issue.measures
    held: dict[str, list[str]] = {}
    for entry in (entry for measure in measures for entry in measure.accountability):
        action = _term("accountability_action", entry.action, lang)
        held.setdefault(action, []).append(f"{entry.count}{entry.unit}")
    comma, semicolon = (", ", "; ") if lang == "en" else ("、", "；")
    return [
        cell(issue.title),
        _term("category", issue.category, lang),
        _term("issue_status", issue.status, lang),
        str(len(measures)),
        str(sum(len(measure.documents) for measure in measures)),
        str(sum(len(measure.quantities) for measure in measures)),
        cell(semicolon.join(f"{action} {comma.join(counts)}" for action, counts in held.items())),
    ]


def _term(vocabulary: str, key: str, lang: Lang) -> str:
    return str(getattr(VOCABULARIES[vocabulary][key], lang))


def measure(lang: Lang) -> str:
    """Return a measure's words, how it stands in ``notices.jsonl``, and how a figure of it is found again."""
    name, title, number = MEASURED
    text, found = _text(name), _issue(name, title).measures[number]
    record = _fenced("json", _pretty(json.loads(found.model_dump_json())))
    place = found.quantities[0].text
    words = text[place.start : place.end]
    if lang == "zh":
        said = ("每个问题下是逐条的整改措施。另一篇通报中有一条写道：", "提取结果为：")
        end = (
            "`start`、`end` 是字符位置（按 Unicode 码位），对应随结果一同保存的通报纯文本："
            f"`text[{place.start}:{place.end}]` 就是“{words}”。在原文中找不到出处的值，一律不写入。"
        )
    else:
        said = ("Below each finding stand the measures. One, of another notice, reads:", "and becomes:")
        end = (
            "`start` and `end` count characters (Unicode code points) in the notice's plain text, which a run stores\n"
            f"beside the record: `text[{place.start}:{place.end}]` is `{words}`. What has no place in the text is not\n"
            "written."
        )
    return "\n\n".join([said[0], f"> {text[found.text.start : found.text.end]}", said[1], record, end])


def run_summary(lang: Lang) -> str:
    """Return what a run on the gold notices and ``show`` print. The time it took is left out."""
    from extractor.runs.run import run
    from extractor.runs.run_report import how_it_went

    with _workplace():
        report = run(["gold/notices"], Path("out"), jobs=1)
        said = re.sub(r"; [0-9.]+ s$", "", how_it_went(report))
        shown = _command("show", "out", "--lang", lang)
    lines = [line.rstrip() for line in shown.splitlines()]
    return _fenced("text", "\n".join([said, *lines]))


def run_json() -> str:
    """Return the head of ``run.json`` and its entry for the first input; what differs from run to run is masked."""
    with _workplace():
        _command("run", "gold/notices", "--out", "out")
        report = json.loads(Path("out", "run.json").read_text(encoding="utf-8"))
    report["inputs"] = report["inputs"][:1]
    report |= {"fingerprint": "…", "python": "…", "started": "…", "finished": "…", "seconds": "…"}
    report["inputs"][0]["seconds"] = "…"
    return _fenced("json", json.dumps(report, ensure_ascii=False, indent=2).replace('"seconds": "…"', '"seconds": …'))


def help_text(*names: str) -> str:
    """Return what ``--help`` prints of a command."""
    return _fenced("text", _command(*names, "--help").rstrip())


def prompts_listed() -> str:
    """Return what ``prompts`` lists."""
    return _fenced("text", _command("prompts").rstrip())


def endpoint_settings() -> str:
    """Return a table of an endpoint's settings: flag, environment, meaning."""
    hints = get_type_hints(EndpointFlags, include_extras=True)
    rows = []
    for name in EndpointFlags._fields:
        meaning = re.sub(r"\[env: \w+\] ?", "", hints[name].__metadata__[0].help).strip()
        variable = "" if name == "profile" else f"`EXTRACTOR_{name.upper()}`"
        rows.append([f"`--{name.replace('_', '-')}`", variable, cell(meaning)])
    return table(["flag", "environment", "meaning"], rows)


def bad_input() -> str:
    """Return what a run says of files it cannot read, and how it ends."""
    text = (NOTICES / f"{HELD_TO_ACCOUNT}.txt").read_text(encoding="utf-8")
    with _workplace() as folder:
        Path("gold").unlink()
        (folder / "good.txt").write_text(text, encoding="utf-8")
        (folder / "empty.txt").write_bytes(b"")
        (folder / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\r")
        (folder / "cut.docx").write_bytes(b"PK\x03\x04\x14\0\0\0[Content_Types].xml")
        (folder / "old.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
        (folder / "blog.html").write_text("<html><body><p>今天天气很好。</p></body></html>", encoding="utf-8")
        with (folder / "large.pdf").open("wb") as file:
            file.truncate(200_000_000)
        (folder / "nothing").mkdir()
        files = sorted(path.name for path in folder.iterdir())
        done = _process("run", *files, "gone.txt")
    said = done.stderr.rstrip()
    return _fenced(
        "text", f"$ python -m extractor run {' '.join(files)} gone.txt\n{said}\n$ echo $?\n{done.returncode}"
    )


def house_table() -> str:
    """Return the numbers of this project's code beside those of others."""
    import house

    return house.table({"ours": house.ours(), **house.others()})


def read_kinds(lang: Lang) -> str:
    """Return the kinds of files that are read, with their usual endings."""
    kinds = [row for row in read_table("file_kinds").values() if "reader" in row]
    rows = [(row[lang], " ".join(f"`{ending}`" for ending in row["endings"])) for row in kinds]
    return table({"en": ("file", "usual endings"), "zh": ("文件", "常见扩展名")}[lang], rows)


def limits_table(lang: Lang) -> str:
    """Return the limits on inputs."""
    most, mb = file_limits.DEFAULT_LIMITS, file_limits.MB
    rows = {
        "en": [
            ("one file, or standard input", f"{most.file_bytes // mb} MB"),
            ("one notice's plain text", f"{most.text_characters:,} characters"),
            ("tags of one page", f"{most.page_tags:,}"),
            ("XML of one docx, unpacked", f"{most.xml_bytes // mb} MB"),
            ("pages of one PDF", f"{most.pdf_pages:,}"),
            ("pages of one document that are recognised", f"{most.scanned_pages:,}"),
            ("pixels of one picture", f"{most.picture_pixels:,}"),
            ("entries of one zip archive", f"{most.archive_members:,}"),
            ("one zip archive unpacked", f"{most.archive_unpacked_bytes // mb} MB"),
            ("unpacked bytes for one packed byte (members over 1 MB)", f"{most.archive_ratio}"),
            ("archives within each other", f"{most.archive_depth}"),
        ],
        "zh": [
            ("单个文件，或标准输入", f"{most.file_bytes // mb} MB"),
            ("单篇通报纯文本", f"{most.text_characters:,} 字"),
            ("单个网页标签数", f"{most.page_tags:,}"),
            ("单个 docx 解压后 XML 大小", f"{most.xml_bytes // mb} MB"),
            ("单个 PDF 页数", f"{most.pdf_pages:,}"),
            ("单个文件识别的页数", f"{most.scanned_pages:,}"),
            ("单张图片像素数", f"{most.picture_pixels:,}"),
            ("单个 zip 内条目数", f"{most.archive_members:,}"),
            ("单个 zip 解压后大小", f"{most.archive_unpacked_bytes // mb} MB"),
            ("解压比（超过 1 MB 的条目）", f"{most.archive_ratio}"),
            ("压缩包嵌套层数", f"{most.archive_depth}"),
        ],
    }
    return table(("limit", "value") if lang == "en" else ("项目", "上限"), rows[lang], right=(1,))


def scores(lang: Lang) -> str:
    """Return the F1 of the rules on both splits with intervals, and beside them that of the two readers."""
    tuned, held, readers = (_measured(name) for name in ("tuned", "held-back", "readers"))
    interval = {"en": "95% interval", "zh": "95% 区间"}[lang]
    heads = {
        "en": ("field", "tuned on", interval, "held back", interval, "held-back items", "two readers"),
        "zh": ("字段", "调优集 F1", interval, "留出集 F1", interval, "留出集数量", "两名标注者"),
    }[lang]
    rows = [
        [
            ROWS[name].called(lang),
            *_f1(tuned, name),
            *_f1(held, name),
            f"{held['fields'][name]['support']:g}",
            f"{readers['fields'][name]['f1']:.3f}",
        ]
        for name in _SCORED
    ]
    return table(heads, rows, right=range(1, 7))


def recorded_scores(lang: Lang) -> str:
    """Return the F1 of the rules and of each recorded model beside them, on both splits, with intervals."""
    words = {
        "en": {
            "field": "field",
            "interval": "95% interval",
            "rules": "rules",
            "tuned": "tuned",
            "held-back": "held back",
        },
        "zh": {"field": "字段", "interval": "区间", "rules": "规则", "tuned": "调优集", "held-back": "留出集"},
    }[lang]
    columns = [(split, name) for split in SPLITS for name in ("rules", LARGE)]
    heads = [words["field"]]
    for split, name in columns:
        heads += [f"{words[split]}: {words.get(name, name)}", words["interval"]]
    rows = [
        [ROWS[field].called(lang), *(cell for split, name in columns for cell in _f1(scored(name, split), field))]
        for field in JUDGED
    ]
    return table(tuple(heads), rows, right=range(1, len(heads)))


def models_compared(lang: Lang) -> str:
    """Return the F1 of the rules, a small and a large model, on the two notices that all were asked about."""
    words = {
        "en": ("field", {"tuned": "tuned", "held-back": "held back"}, ("rules", "small", "large")),
        "zh": ("字段", {"tuned": "调优", "held-back": "留出"}, ("规则", "小模型", "大模型")),
    }[lang]
    heads = (words[0], *(f"{words[1][split]}: {name}" for split in SPLITS for name in words[2]))
    return table(heads, _where_asked(("rules", SMALL, LARGE), lang), right=range(1, len(heads)))


def small_by_itself() -> str:
    """Return the F1 of the rules and of the small model's own word in all fields, on the notices it was asked about."""
    heads = (
        "field (F1)",
        *(f"{split}: {name}" for split in ("tuned", "held back") for name in ("rules", "small model")),
    )
    return table(heads, _where_asked(("rules", f"{OWN}{SMALL}"), "en"), right=range(1, len(heads)))


def _where_asked(readers: Sequence[str], lang: Lang) -> Iterator[list[str]]:
    """Yield a row a field: the F1 with its interval of each reader, on each notice that the small model was asked."""
    for field in JUDGED:
        found = (_f1(scored_where_asked(name, split), field) for split in SPLITS for name in readers)
        yield [ROWS[field].called(lang), *(f"{f1} ({interval})" if interval else f1 for f1, interval in found)]


def invented(lang: Lang) -> str:
    """Return how many values in the records of the gold notices do not stand in the text."""
    count = sum(_measured(name)["invented"]["count"] for name in SPLITS)
    return {
        "en": f"Invented values (figures, dates, names that the text does not hold) in all four notices: **{count}**.",
        "zh": f"四篇通报中虚构的值（原文没有的数字、日期、名称）：**{count}**。",
    }[lang]


def split_scores(split: Split) -> str:
    """Return precision, recall and F1 of every field on one split."""
    return scores_table(_measured(split))


def span_scores(lang: Lang = "en") -> str:
    """Return the stricter and looser readings of fields, and the spans, on both splits."""
    names = [name for name, field in ROWS.items() if field.kind in ("detail", "span")]
    tuned, held = _measured("tuned"), _measured("held-back")
    rows = [[ROWS[name].called(lang), *_f1(tuned, name), *_f1(held, name)] for name in names]
    return table(("field", "tuned on, F1", "95% interval", "held back, F1", "95% interval"), rows, right=range(1, 5))


def layout_text() -> str:
    """Return the notice that docs/outline.md works through."""
    return _fenced("text", EXAMPLE.rstrip())


def layout_marks() -> str:
    """Return every candidate for an enumerator in it, and whether it became one."""
    reading = half_width(EXAMPLE)
    taken = {segment.mark.start for segment in split_segments(reading) if segment.mark}
    rows = [
        [mark.label, f"`{mark.kind}`", _around(mark.start), mark.boundary.name.lower(), _yes(mark.start in taken)]
        for mark in find_marks(reading)
    ]
    return table(("candidate", "kind", "where", "boundary before it", "an enumerator"), rows)


def layout_tree() -> str:
    """Return the tree that its segments grow into; ``*`` marks what frames a finding."""
    reading = half_width(EXAMPLE)
    ending = find_ending(reading)
    nodes = grow(reading, split_segments(reading[: ending.start]))
    find_parts(reading, nodes)
    lines = [line for node in nodes for line in _branch(node, 0)]
    return _fenced("text", "\n".join(lines))


def layout_result() -> str:
    """Return its issues and measures, and what is left of the rectification part."""
    notice = extract(EXAMPLE)
    lines = []
    for issue in notice.issues:
        lines.append(f"issue {issue.label} {issue.title}  (section: {', '.join(issue.section)})")
        lines += [f"  measure {m.label or '(none)'} {EXAMPLE[m.text.start : m.text.end]}" for m in issue.measures]
    lines += [
        f"left over, {rest.kind}: {EXAMPLE[rest.text.start : rest.text.end]}" for rest in notice.outline.remainders
    ]
    return _fenced("text", "\n".join([*lines, f"coverage {notice.outline.coverage}"]))


def _branch(node: OutlineNode, depth: int) -> Iterator[str]:
    words = EXAMPLE[node.segment.start : node.segment.end].replace("\n", " ")
    yield f"{'  ' * depth}{node.kind}{' *' if node.finding else ''}  {words[:26]}{'…' if len(words) > 26 else ''}"
    for child in node.children:
        yield from _branch(child, depth + 1)


def _around(start: int) -> str:
    line = EXAMPLE[EXAMPLE.rfind("\n", 0, start) + 1 :].partition("\n")[0]
    before = start - EXAMPLE.rfind("\n", 0, start) - 1
    first = max(before - 4, 0)
    return cell(f"{'…' if first else ''}{line[first : before + 8]}…")


def _yes(answer: bool) -> str:
    return "yes" if answer else "no"


def checks_table() -> str:
    """Return every check: code, severity, and its words in both languages."""
    path = ROOT / "extractor" / "data" / "checks.toml"
    rows = [
        [f"`{code}`", row["severity"], _placeholders(row["zh"]), _placeholders(row["en"])]
        for code, row in tomllib.loads(path.read_text(encoding="utf-8")).items()
    ]
    return table(("code", "severity", "Chinese", "English"), rows)


def added_fields() -> str:
    """Return the fields that the records have beyond those of the contract."""
    added: dict[type[BaseModel], Sequence[str]] = {
        Notice: ("contract_version", "text_sha256", "duplicate_of", "series", "edition", "outline", "notes", "spans"),
        contract.Total: ("text",),
        Issue: ("spans",),
        contract.Measure: ("spans",),
        contract.Document: ("text",),
        contract.Quantity: ("text",),
        contract.DateMention: ("text",),
        Accountability: ("text",),
        contract.Outline: ("rectification", "coverage", "remainders", "digits"),
        contract.Remainder: ("kind", "text"),
        contract.Check: ("disputed",),
        contract.DisputedValue: ("path", "kind", "name", "rules", "model", "kept", "text"),
        contract.ReviewNote: ("path", "check", "words", "by", "made"),
        contract.Digits: ("classes", "names", "unread"),
    }
    rows = [
        [record.__name__, f"`{name}`", cell(_type_name(record.model_fields[name].annotation))]
        for record, names in added.items()
        for name in names
    ]
    return table(("record", "field", "type"), rows)


def _type_name(annotation: Any) -> str:
    return annotation.__name__ if isinstance(annotation, type) and not hasattr(annotation, "__args__") else re.sub(
        r"\w+\.(?=\w)", "", str(annotation)
    )  # fmt: skip


def _placeholders(words: str) -> str:
    return re.sub(r"\{(\w+)\}", r"`\1`", words).replace("|", r"\|")


def _f1(found: Metrics, name: str) -> tuple[str, str]:
    row = found["fields"][name]
    bounds = (row["interval"] or {}).get("f1")
    return f"{row['f1']:.3f}", f"{bounds[0]:.3f} … {bounds[1]:.3f}" if bounds else ""


@cache
def _measured(name: str) -> Metrics:
    return metrics(_evaluation(name), {})


def _evaluation(name: str) -> Evaluation:
    if name == "readers":
        return compare_annotators(GOLD / "annotations" / "a", GOLD / "annotations" / "b", NOTICES).evaluation
    split: Split = "tuned" if name == "tuned" else "held-back"
    return measure_gold(GOLD, lambda notice_id, text: extract(text, notice_id=notice_id), split)


@cache
def _text(name: str) -> str:
    return (NOTICES / f"{name}.txt").read_bytes().decode("utf-8-sig").replace("\r\n", "\n")


@cache
def _extracted(name: str) -> Notice:
    return extract(_text(name), notice_id=name)


def _issue(name: str, title: str) -> Issue:
    return next(issue for issue in _extracted(name).issues if issue.title == title)


def _pretty(value: Any, indent: int = 0) -> str:
    """Return JSON in which what fits on a line stands on one."""
    line = json.dumps(value, ensure_ascii=False)
    if indent + len(line) <= _LINE or not isinstance(value, list | dict) or not value:
        return line
    inner = " " * (indent + 2)
    if isinstance(value, dict):
        parts = [f"{inner}{json.dumps(key)}: {_pretty(held, indent + 2)}" for key, held in value.items()]
    else:
        parts = [f"{inner}{_pretty(held, indent + 2)}" for held in value]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    return "\n".join([opening, ",\n".join(parts), " " * indent + closing])


def _fenced(language: str, content: str) -> str:
    return f"```{language}\n{content}\n```"


@contextmanager
def _workplace() -> Iterator[Path]:
    """A folder to run commands in that holds ``gold/`` and nothing else."""
    with tempfile.TemporaryDirectory() as name, chdir(name):
        Path("gold").symlink_to(GOLD, target_is_directory=True)
        yield Path(name)


def _command(*arguments: str) -> str:
    done = _process(*arguments)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout


def _process(*arguments: str) -> subprocess.CompletedProcess[str]:
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "COLUMNS": "80", "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "extractor", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=False)
