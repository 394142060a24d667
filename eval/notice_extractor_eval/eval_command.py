"""``python -m extractor eval``: measure predictions against gold labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from extractor.commands.endpoint_options import EndpointFlags, with_endpoint_options
from extractor.commands.line_output import say
from extractor.commands.reader_options import (
    AnswerOptions,
    Backend,
    CacheOption,
    OfflineOption,
    ReplayOption,
    chosen_reader,
)
from extractor.commands.shared_options import Language, MessagesOption
from extractor.errors import SettingsError
from extractor.messages import language

if TYPE_CHECKING:
    from extractor.readers import Reader
    from extractor.record.contract import Notice
    from notice_extractor_eval.evaluation import Evaluation
    from notice_extractor_eval.predictions import Failed, Predict

UNANSWERED = 3
app = typer.Typer(help="Measure predictions against gold labels; compare runs and annotators.")


class SplitName(StrEnum):
    """The gold notices that count."""

    TUNED = "tuned"
    HELD_BACK = "held-back"
    ALL = "all"


Gold = Annotated[Path, typer.Option(help="Folder with labels/, notices/ and split.toml.")]
SplitOption = Annotated[SplitName, typer.Option(help="Which gold notices count.")]
Lang = Annotated[Language, typer.Option(help="Language of the reports.")]
Out = Annotated[Path | None, typer.Option(help="Write the reports into this folder.")]


@app.callback(invoke_without_command=True)
@with_endpoint_options
def run(  # noqa: PLR0913
    ctx: typer.Context,
    *,
    gold: Gold = Path("gold"),
    pred: Annotated[Path | None, typer.Option(help="A run's folder, with notices.jsonl.")] = None,
    backend: Annotated[Backend | None, typer.Option(help="Extract now with this backend. [default: rules]")] = None,
    out: Out = None,
    fail_under: Annotated[Path | None, typer.Option(help="Thresholds; exit 1 where a field falls below.")] = None,
    accept: Annotated[Path | None, typer.Option(help="Record this run's scores as the thresholds from now on.")] = None,
    split: SplitOption = SplitName.ALL,
    lang: Lang = Language.EN,
    cache_dir: CacheOption = None,
    offline: OfflineOption = False,
    replay: ReplayOption = None,
    endpoint: EndpointFlags,
) -> None:
    """Measure a run's folder, or a backend run on the spot, field by field.

    The options of an endpoint count with --backend assisted and model.

    Exit status: 0 fine, 1 below a threshold, 2 for wrong usage, 3 when calls to the model failed for good (there the
    rules' reading is measured).
    """
    if ctx.invoked_subcommand is not None:
        return
    if pred is not None and backend is not None:
        raise SettingsError("--pred and --backend exclude each other: a run's folder, or a run now")
    from rich.console import Console

    from notice_extractor_eval.evaluate_gold import check_thresholds_fit, measure_gold, write_reports
    from notice_extractor_eval.gold_folder import label_paths, read_split
    from notice_extractor_eval.guard import breaches, read_thresholds, write_thresholds
    from notice_extractor_eval.predictions import Recorder
    from notice_extractor_eval.score_metrics import metrics
    from notice_extractor_eval.score_report import terminal

    name = None if pred is not None else (backend or Backend.RULES).value
    thresholds = read_thresholds(fail_under) if fail_under is not None else None
    if thresholds is not None:
        check_thresholds_fit(thresholds, backend=name, split=split.value)
    answers = AnswerOptions(cache_dir, offline, replay)
    reader = None if name is None else chosen_reader(Backend(name), endpoint, answers).reader
    if reader is not None and (asked := reader.reported()):
        say(asked["trust"]["told"], err=True)
    failures: dict[str, Sequence[str]] = {}
    of = len(read_split(gold, split.value) or label_paths(gold))
    with _predictions(pred, reader, of, failures.__setitem__) as predict:
        evaluation = measure_gold(gold, predict if pred or out is None else Recorder(predict, out), split.value)
    broken = breaches(thresholds, evaluation) if thresholds is not None else []
    found = metrics(evaluation, {"gold": str(gold), "predictions": str(pred or name), "split": split.value})
    terminal(found, Console(), lang.value, broken)
    if out is not None:
        for path in write_reports(out, found, evaluation, broken, lang.value):
            say(f"wrote {path}")
    if accept is not None:
        tolerance = thresholds.tolerance if thresholds is not None else 0.005
        write_thresholds(evaluation, accept, backend=name or str(pred), split=split.value, tolerance=tolerance)
        say(f"wrote {accept}")
    _tell_failed(failures, "there the rules' reading is measured")
    if broken:
        raise typer.Exit(1)
    if failures:
        raise typer.Exit(UNANSWERED)


@app.command()
def compare(
    one: Annotated[Path, typer.Argument(help="The first run's folder.")],
    other: Annotated[Path, typer.Argument(help="The second run's folder.")],
    gold: Gold = Path("gold"),
    out: Out = None,
    split: SplitOption = SplitName.ALL,
    lang: Lang = Language.EN,
) -> None:
    """Compare two runs on the same gold. Exit 1 where the second is worse in a field by more than chance."""
    from notice_extractor_eval.comparison import compare as compare_runs
    from notice_extractor_eval.comparison import comparison_markdown
    from notice_extractor_eval.evaluate_gold import measure_gold
    from notice_extractor_eval.predictions import PredictionFolder

    first, second = (_measured(measure_gold(gold, PredictionFolder(run), split.value)) for run in (one, other))
    comparison = compare_runs(first, second)
    _give(comparison_markdown(comparison, (str(one), str(other)), lang.value), out, "compare.md")
    invented = comparison.invented[1] > comparison.invented[0]
    if comparison.worse or invented:
        raise typer.Exit(1)


@app.command()
def agreement(
    one: Annotated[Path, typer.Argument(help="The first annotator's folder of labels.")],
    other: Annotated[Path, typer.Argument(help="The second annotator's folder of labels.")],
    texts: Annotated[Path, typer.Option(help="Folder of the labelled texts.")] = Path("gold/notices"),
    out: Out = None,
    lang: Lang = Language.EN,
) -> None:
    """Measure two annotators against each other. Exit 1 where a label file is not usable."""
    from notice_extractor_eval.agreement import agreement_markdown, compare_annotators
    from notice_extractor_eval.evaluate_gold import write_reports
    from notice_extractor_eval.score_metrics import metrics

    readings = compare_annotators(one, other, texts)
    for fault in readings.faults:
        say(str(fault), err=True)
    if out is not None:
        found = metrics(readings.evaluation, {"one": str(one), "other": str(other)})
        write_reports(out, found, readings.evaluation, lang=lang.value)
    _give(agreement_markdown(readings, (str(one), str(other)), lang.value), out, "agreement.md")
    if readings.faults:
        raise typer.Exit(1)


@app.command()
@with_endpoint_options
def calibrate(  # noqa: PLR0913
    *,
    gold: Gold = Path("gold"),
    to: Annotated[
        Path | None,
        typer.Option(help="File, or folder, to write instead of the one in your folder of settings."),
    ] = None,
    lang: MessagesOption = None,
    cache_dir: CacheOption = None,
    offline: OfflineOption = False,
    replay: ReplayOption = None,
    endpoint: EndpointFlags,
) -> None:
    """Measure how far a model can be trusted beside the rules, and keep the table for later runs with it.

    Reads the tuned gold notices with the model and by the rules. From then on the better reader decides each field.

    Exit status: 0 when the table is written, 1 when the model answered nothing (none is written), 2 for wrong usage, 3
    when it is written but calls failed for good (their values are not counted).
    """
    from extractor.assist.proposals.witnesses import eager
    from extractor.commands.run_progress import by_the_minute
    from extractor.disk.whole import write_texts
    from extractor.readers import ModelReader
    from extractor.trust_tables import as_toml, file_name, user_tables
    from notice_extractor_eval.trust_calibration import calibrate as calibrated
    from notice_extractor_eval.trust_calibration import trust_markdown

    reader = chosen_reader(Backend.ASSISTED, endpoint, AnswerOptions(cache_dir, offline, replay)).reader
    assert isinstance(reader, ModelReader)
    asking = replace(reader, trust=eager())  # as it is measured: everything is asked
    with by_the_minute(lambda: _asked_so_far(asking)) as progress:

        def tell(name: str, before: int, of: int) -> None:
            progress.begin(of)
            if before:
                progress.advance()
            say(f"reading {name} …", err=True)

        trial = calibrated(gold, reader, tell)
    _tell_failed(trial.failures, "their values are not counted")
    if not trial.found.counts:
        say("the model answered nothing that can be measured; doctor says why", err=True)
        raise typer.Exit(1)
    typer.echo(trust_markdown(trial.found, lang.value if lang else language()), nl=False)
    name = file_name(trial.found.model)
    path = (to / name if to.is_dir() else to) if to is not None else user_tables() / name
    path.parent.mkdir(parents=True, exist_ok=True)
    write_texts({path: as_toml(trial.found)}, within=path.parent)
    say(f"wrote {path}")
    if trial.failures:
        raise typer.Exit(UNANSWERED)


@contextmanager
def _predictions(pred: Path | None, reader: Reader | None, of: int, failed: Failed) -> Iterator[Predict]:
    """Give the predictions of a run's folder, or those of a reader for ``of`` notices, with a line a minute."""
    from extractor.commands.run_progress import by_the_minute
    from notice_extractor_eval.predictions import PredictionFolder, predicting

    if pred is not None:
        yield PredictionFolder(pred)
    if reader is not None:
        with by_the_minute(lambda: _asked_so_far(reader)) as progress, predicting(reader, failed) as predict:
            progress.begin(of)

            def counted(notice_id: str, text: str) -> Notice | None:
                found = predict(notice_id, text)
                progress.advance()
                return found

            yield counted


def _asked_so_far(reader: Reader) -> str:
    """Return in words what a model has taken so far; empty where none is asked."""
    from extractor.runs.run_report import what_was_asked

    asked = reader.reported()
    return what_was_asked(asked) if asked else ""


def _tell_failed(failures: Mapping[str, Sequence[str]], then: str) -> None:
    """Say which notices' calls to a model failed for good, how many, what ``then`` is, and why: each reason once."""
    if failures:
        from extractor.endpoint.failures import in_sum

        say(f"{', '.join(failures)}: {in_sum(list(chain(*failures.values())), then)}", err=True)


def _measured(evaluation: Evaluation) -> Evaluation:
    for notice_id in evaluation.missing:
        say(f"no prediction for {notice_id}: counted as missed", err=True)
    return evaluation


def _give(text: str, out: Path | None, name: str) -> None:
    if out is None:
        typer.echo(text, nl=False)
        return
    from extractor.disk.whole import write_texts

    write_texts({out / name: text}, within=out, advice="choose another folder with --out")
    say(f"wrote {out / name}")
