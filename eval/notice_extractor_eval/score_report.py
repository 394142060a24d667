"""An evaluation for people on one screen: a table for the terminal and a summary in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from notice_extractor_eval.guard import Breach
from notice_extractor_eval.markdown import cell, table
from notice_extractor_eval.score_fields import ROWS, Lang, RowKind
from notice_extractor_eval.score_metrics import Metrics

SHOWN = 10
_HEADS = {
    "en": ("field", "precision", "recall", "F1", "95% interval", "macro F1", "support"),
    "zh": ("字段", "精确率", "召回率", "F1", "95% 区间", "宏平均 F1", "数量"),
}
_WORDS = {
    "en": {
        "notices": "notices", "missing": "Without a prediction, counted as missed", "surplus": "Predicted without gold",
        "invented": "Invented values", "title": "Evaluation", "slice": "by", "breach": "Below the thresholds",
        "none": "none", "notice": "notice", "layout": "layout", "category": "category", "length": "measure length",
        "spans": "Spans and details", "kappa": "Enumerations on aligned items",
        "calibration": "Calibration: confidence against the share that is right",
    },
    "zh": {
        "notices": "篇通报", "missing": "无预测结果,计为漏报", "surplus": "无对应标注的预测", "invented": "虚构值",
        "title": "评测结果", "slice": "分组", "breach": "低于阈值", "none": "无", "notice": "通报", "layout": "版式",
        "category": "问题类别", "length": "措施长度", "spans": "边界与细项", "kappa": "已对齐条目的枚举字段",
        "calibration": "把握程度的校准:所称把握与实际正确率",
    },
}  # fmt: skip
# The rows a slice is shown by.
_SLICE_FIELDS = ("issues", "issues.category", "measures", "measures.types", "measures.quantities", "measures.dates")


def terminal(metrics: Metrics, console: Console, lang: Lang = "en", broken: Sequence[Breach] = ()) -> None:
    """Print the table, what is missing or invented, and what fell below its threshold."""
    words = _WORDS[lang]
    title = f"{words['title']} · {len(metrics['notices'])} {words['notices']}"
    grid = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for column, head in enumerate(_HEADS[lang]):
        grid.add_column(head, justify="left" if column == 0 else "right", no_wrap=column > 0)
    low = {breach.field for breach in broken}
    for section in (("value", "group"), ("detail", "span")):
        for row in _rows(metrics, section, lang):
            style = "bold red" if row[0] in low else "dim" if ROWS[row[0]].kind == "group" else ""
            grid.add_row(*row[1:], style=style)
        grid.add_section()
    parts: list[RenderableType] = [grid]
    parts += [Text(line) for line in _remarks(metrics, lang)]
    parts += [Text(str(breach), style="red") for breach in broken]
    console.print(Group(*parts))


def markdown(metrics: Metrics, lang: Lang = "en", broken: Sequence[Breach] = ()) -> str:
    """Return the summary in Markdown: scores, slices, coefficients, breaches. Short enough for a CI job summary."""
    words = _WORDS[lang]
    heads, right = _HEADS[lang], range(1, 7)
    run = " · ".join(f"{key} {cell(str(value))}" for key, value in metrics["run"].items())
    parts = [f"# {words['title']}: {len(metrics['notices'])} {words['notices']}", run]
    parts += [cell(line) for line in _remarks(metrics, lang)]
    if broken:
        parts.append(f"## {words['breach']}")
        parts += [
            "\n".join(["- " + cell(head), *("  - " + cell(line) for line in rest)]) for head, *rest in _lines(broken)
        ]
    parts.append(table(heads, [row[1:] for row in _rows(metrics, ("value", "group"), lang)], right))
    parts.append(f"## {words['spans']}")
    parts.append(table(heads, [row[1:] for row in _rows(metrics, ("detail", "span"), lang)], right))
    for kind, slices in metrics["slices"].items():
        if slices:
            parts += [f"## {words['slice']} {words[kind]}" if lang == "en" else f"## {words['slice']}:{words[kind]}"]
            parts.append(_slice_table(words[kind], slices, lang))
    if metrics["enumerations"]:
        parts += [f"## {words['kappa']}", _enumerations(metrics, lang)]
    if metrics["calibration"]:
        parts += [f"## {words['calibration']}", _calibration(metrics, lang)]
    return "\n\n".join(part for part in parts if part) + "\n"


def scores_table(metrics: Metrics, lang: Lang = "en") -> str:
    """Return the table of scores alone, for a README: value rows with F1, interval and support."""
    rows = [[row[1], row[2], row[3], row[4], row[5], row[7]] for row in _rows(metrics, ("value", "group"), lang)]
    heads = _HEADS[lang]
    return table([*heads[:5], heads[6]], rows, right=range(1, 6))


def _rows(metrics: Metrics, kinds: Iterable[RowKind], lang: Lang) -> list[list[str]]:
    """Return (id, name, precision, recall, F1, interval, macro F1, support) of each row that occurs."""
    rows = []
    for name, field in ROWS.items():
        found = metrics["fields"][name]
        if field.kind not in kinds or found["tp"] + found["fp"] + found["fn"] == 0:
            continue
        interval = (found["interval"] or {}).get("f1")
        rows.append([
            name,
            field.called(lang),
            *(f"{found[key]:.3f}" for key in ("precision", "recall", "f1")),
            f"{interval[0]:.3f} … {interval[1]:.3f}" if interval else "",
            f"{found['macro']['f1']:.3f}",
            f"{found['support']:g}",
        ])  # fmt: skip
    return rows


def _remarks(metrics: Metrics, lang: Lang) -> list[str]:
    words = _WORDS[lang]
    lines = [f"{words['invented']}: {metrics['invented']['count']}"]
    lines += [f"  {each['notice']} {each['path']}: “{each['value']}”: {each['reason']}" for each in _invented(metrics)]
    for key in ("missing", "surplus"):
        if metrics[key]:
            lines.append(f"{words[key]}: {', '.join(metrics[key])}")
    return lines


def _invented(metrics: Metrics) -> list[dict[str, Any]]:
    values: list[dict[str, Any]] = metrics["invented"]["values"]
    return values[:SHOWN]


def _lines(broken: Iterable[Breach]) -> list[list[str]]:
    return [str(breach).splitlines() for breach in broken]


def _slice_table(kind: str, slices: dict[str, dict[str, dict[str, float]]], lang: Lang) -> str:
    heads = [kind, *(ROWS[name].called(lang) for name in _SLICE_FIELDS)]
    rows = [
        [cell(name), *(f"{scores[field]['f1']:.3f}" if field in scores else "" for field in _SLICE_FIELDS)]
        for name, scores in slices.items()
    ]
    return table(heads, rows, right=range(1, len(heads)))


def _enumerations(metrics: Metrics, lang: Lang) -> str:
    heads = ("字段", "对数", "一致", "科恩 κ", "克里彭多夫 α") if lang == "zh" else (
        "field", "pairs", "equal", "Cohen's κ", "Krippendorff's α"
    )  # fmt: skip
    rows = []
    for name, found in metrics["enumerations"].items():
        ratios = ("" if found[key] is None else f"{found[key]:.3f}" for key in ("equal", "kappa", "alpha"))
        rows.append([ROWS[name].called(lang), str(found["pairs"]), *ratios])
    return table(heads, rows, right=range(1, 5))


def _calibration(metrics: Metrics, lang: Lang) -> str:
    heads = ("字段", "数量", "平均把握", "正确率", "校准误差") if lang == "zh" else (
        "field", "values", "mean confidence", "right", "calibration error"
    )  # fmt: skip
    rows = []
    for name, found in metrics["calibration"].items():
        size = sum(each["size"] for each in found["bins"])
        means = (sum(each["size"] * each[key] for each in found["bins"]) / size for key in ("confidence", "right"))
        rows.append([ROWS[name].called(lang), str(size), *(f"{mean:.3f}" for mean in means), f"{found['error']:.3f}"])
    return table(heads, rows, right=range(1, 5))
