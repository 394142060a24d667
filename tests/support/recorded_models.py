"""What models said of gold notices, replayed: ``tests/recordings/`` holds the answers.

A model's table of trust is measured on the tuned notices alone (``eval calibrate``), so that the held-back ones show
what it brings elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from checkout import ROOT
from notice_extractor_eval.evaluate_gold import measure_gold
from notice_extractor_eval.evaluation import evaluate
from notice_extractor_eval.gold_folder import Split, read_folder, reviewed
from notice_extractor_eval.predictions import predicting
from notice_extractor_eval.score_metrics import Metrics, metrics

from extractor.assist.proposals.trust_counts import trust_table
from extractor.assist.proposals.witnesses import TrustTable, eager
from extractor.endpoint.settings import EndpointSettings
from extractor.model_source import ModelSource
from extractor.readers import ModelReader, Reader, RulesReader
from extractor.trust_tables import file_name, read_calibration

RECORDINGS = ROOT / "tests" / "recordings"
GOLD = ROOT / "gold"
SPLITS: tuple[Split, ...] = ("tuned", "held-back")
JUDGED = (
    "issues.category", "issues.status", "measures.types", "measures.status", "measures.heading",
    "measures.documents", "measures.quantities", "measures.quantities.subject", "measures.dates",
    "measures.organizations", "measures.accountability", "totals",
)  # fmt: skip


LARGE = "recorded-large"
SMALL = "qwen2.5-coder-1.5b-instruct-q4_k_m"
"""The small model. It was asked about the short notice and those of ``ASKED``; elsewhere the rules' reading stands."""
ASKED: Mapping[Split, str] = {"tuned": "nanjing-jiangbei-2024", "held-back": "wuhu-jiangbei-2025"}
"""The gold notices that the small model was asked about; its table of trust is measured on the tuned one alone."""
OWN = "own: "
"""What stands before a model's name where its word is taken in all fields, whatever was measured of it."""


def recorded() -> list[str]:
    """Return the names of the models whose answers are recorded."""
    return sorted(path.stem for path in RECORDINGS.glob("*.jsonl"))


def reader_of(name: str, trust: TrustTable | None = None) -> ModelReader:
    """Return the reader that replays a model's answers; nobody is asked."""
    settings = EndpointSettings(
        base_url="http://127.0.0.1:9/v1", model=name, mode="json_schema" if name == SMALL else "auto"
    )
    return ModelReader(ModelSource(settings, recording=RECORDINGS / f"{name}.jsonl"), trust=trust)


def table_file(name: str) -> Path:
    """Return the file of what was measured of a model on the tuned notices: it ships with the program."""
    return ROOT / "extractor" / "data" / "trust" / file_name(name)


def trusted(name: str) -> ModelReader:
    """Return the reader that replays a model's answers under the table that was measured of it."""
    return reader_of(name, trust_table(name, read_calibration(table_file(name), name).counts))


@cache
def scored(name: str, split: Split) -> Metrics:
    """Return the scores of the rules (``rules``) or of a recorded model on a split."""
    with predicting(_reader(name)) as predict:
        return metrics(measure_gold(GOLD, predict, split), {})


@cache
def scored_where_asked(name: str, split: Split) -> Metrics:
    """Return the scores on the one notice of a split that the small model was asked about, too.

    ``name`` is ``rules``, a recorded model, or one behind ``OWN``.
    """
    examples = reviewed(read_folder(GOLD, only=frozenset((ASKED[split],))))
    with predicting(_reader(name)) as predict:
        return metrics(evaluate(examples, predict), {})


def _reader(name: str) -> Reader:
    if name == "rules":
        return RulesReader()
    return reader_of(name.removeprefix(OWN), eager()) if name.startswith(OWN) else trusted(name)
