"""``eval.html``: one file that shows every score, every confusion and every error, from disk and without a network.

The page is a fixed template; everything that varies travels as JSON inside it, with ``<``, ``>`` and ``&`` escaped, so
that no notice can end the script element. The page puts texts in with ``textContent`` only.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher
from importlib.resources import files

from extractor.pages.shell import safe_json
from extractor.record.enumerations import VOCABULARIES
from notice_extractor_eval.chance import ENUMERATIONS, NONE, OF_ITEMS
from notice_extractor_eval.item_errors import Finding, as_dict
from notice_extractor_eval.score_fields import ROWS, Lang
from notice_extractor_eval.score_metrics import Metrics

MOST_FINDINGS = 5_000
_LONGEST_DIFF = 2_000
_PLACE = "/*DATA*/"
Parts = list[tuple[str, bool]]


def page(metrics: Metrics, findings: Iterable[Finding], lang: Lang = "zh") -> str:
    """Return the page."""
    every = list(findings)
    data = {
        "lang": lang,
        "metrics": metrics,
        "fields": {name: {"kind": field.kind, "zh": field.zh, "en": field.en} for name, field in ROWS.items()},
        "values": {name: _value_names(vocabulary) for name, vocabulary in ENUMERATIONS.items()},
        "findings": [_finding(finding) for finding in every[:MOST_FINDINGS]],
        "finding_count": len(every),
    }
    template = files("notice_extractor_eval").joinpath("templates", "eval.html").read_text(encoding="utf-8")
    return template.replace(_PLACE, safe_json(data))


def mark_differences(gold: str, pred: str) -> tuple[Parts, Parts]:
    """Split two texts into parts, each marked where the other text differs."""
    if len(gold) + len(pred) > _LONGEST_DIFF:
        return [(gold, gold != pred)], [(pred, gold != pred)]
    one: Parts = []
    other: Parts = []
    for tag, start, end, other_start, other_end in SequenceMatcher(None, gold, pred, autojunk=False).get_opcodes():
        if end > start:
            one.append((gold[start:end], tag != "equal"))
        if other_end > other_start:
            other.append((pred[other_start:other_end], tag != "equal"))
    return one, other


def _value_names(vocabulary: str) -> dict[str, dict[str, str]]:
    names = {key: {"zh": term.zh, "en": term.en} for key, term in VOCABULARIES[vocabulary].items()}
    return {**names, NONE: {"zh": NONE, "en": NONE}}


def _finding(finding: Finding) -> dict[str, object]:
    plain = as_dict(finding)
    gold, pred = _shown(finding.gold), _shown(finding.pred)
    if (
        gold is not None and pred is not None and finding.field not in OF_ITEMS
    ):  # two keys differ as wholes, not letter by letter
        plain["gold"], plain["pred"] = mark_differences(gold, pred)
    else:
        plain["gold"], plain["pred"] = ([(side, False)] if side is not None else None for side in (gold, pred))
    return plain


def _shown(value: object) -> str | None:
    if isinstance(value, dict):
        return " | ".join("" if part is None else str(part) for part in value.values()).rstrip(" |")
    return None if value is None else str(value)
