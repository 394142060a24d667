"""What models said of gold notices, replayed: ``tests/recordings/`` holds the answers.

A model's table of trust is measured on the tuned notices alone (``eval calibrate``), so that the held-back ones show
what it brings elsewhere.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from checkout import ROOT
from notice_extractor_eval.evaluate_gold import measure_gold
from notice_extractor_eval.gold_folder import Split
from notice_extractor_eval.predictions import predicting
from notice_extractor_eval.score_metrics import Metrics, metrics

from extractor.assist.proposals.trust_counts import trust_table
from extractor.assist.proposals.witnesses import TrustTable
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


SMALL = "qwen2.5-coder-1.5b-instruct-q4_k_m"
"""The small model that was asked about one tuned notice, in its mode; elsewhere the rules' reading stands."""


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
    reader: Reader = RulesReader() if name == "rules" else trusted(name)
    with predicting(reader) as predict:
        return metrics(measure_gold(GOLD, predict, split), {})
