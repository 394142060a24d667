"""The work behind the commands: measure a gold folder's split, and write every report of a run into one folder."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from extractor.errors import InputError, SettingsError
from notice_extractor_eval.evaluation import Evaluation, evaluate
from notice_extractor_eval.gold_folder import Split, label_paths, read_folder, read_layouts, read_split, reviewed
from notice_extractor_eval.guard import Breach, Thresholds
from notice_extractor_eval.html_report import page
from notice_extractor_eval.item_errors import as_dict
from notice_extractor_eval.junit_report import junit
from notice_extractor_eval.predictions import Predict
from notice_extractor_eval.score_fields import Lang
from notice_extractor_eval.score_metrics import Metrics
from notice_extractor_eval.score_report import markdown


def measure_gold(gold: Path, predict: Predict, split: Split = "all") -> Evaluation:
    """Measure predictions against a gold folder, or against the notices of one split of it."""
    only = read_split(gold, split)
    with _rare_collections():
        evaluation = evaluate(reviewed(read_folder(gold, only=only)), predict, layouts=read_layouts(gold))
    if not evaluation.results:
        raise InputError(f"{gold}: there are no reviewed labels to measure against (split: {split})")
    # A prediction for a notice of another split is not without gold.
    labelled = {path.stem for path in label_paths(gold)}
    return replace(evaluation, surplus=tuple(name for name in evaluation.surplus if name not in labelled))


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Let the garbage collector look seldom: records form no cycles, and looking took 40% of a large run's time."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def check_thresholds_fit(thresholds: Thresholds, *, backend: str | None, split: Split) -> None:
    """Refuse thresholds that were recorded for another split or another backend."""
    if thresholds.split != split:
        raise SettingsError(f"{thresholds.path} is for the split “{thresholds.split}”, this run measures “{split}”")
    if backend is not None and thresholds.backend != backend:
        raise SettingsError(f"{thresholds.path} is for the backend “{thresholds.backend}”, this run has “{backend}”")


def write_reports(
    folder: Path, metrics: Metrics, evaluation: Evaluation, broken: Sequence[Breach] = (), lang: Lang = "zh"
) -> list[Path]:
    """Write ``metrics.json``, ``errors.jsonl``, ``summary.md``, ``junit.xml`` and ``eval.html``."""
    folder.mkdir(parents=True, exist_ok=True)
    errors = "".join(json.dumps(as_dict(each), ensure_ascii=False) + "\n" for each in evaluation.errors)
    contents = {
        "metrics.json": json.dumps(metrics, ensure_ascii=False, indent=1, allow_nan=False) + "\n",
        "errors.jsonl": errors,
        "summary.md": markdown(metrics, lang, broken),
        "junit.xml": junit(metrics, broken),
        "eval.html": page(metrics, evaluation.errors, lang),
    }
    paths = [folder / name for name in contents]
    for path, content in zip(paths, contents.values(), strict=True):
        path.write_text(content, encoding="utf-8", newline="\n")
    return paths
