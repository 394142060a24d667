"""Predictions from a folder, thresholds, comparisons, agreement, and the commands over them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from checkout import ROOT
from label_examples import LABELS, TEXT
from notice_extractor_eval import eval_command, gold_command
from notice_extractor_eval.agreement import agreement_markdown, compare_annotators
from notice_extractor_eval.comparison import compare, comparison_markdown
from notice_extractor_eval.evaluate_gold import check_thresholds_fit, measure_gold
from notice_extractor_eval.evaluation import Evaluation, evaluate
from notice_extractor_eval.gold_folder import Example, Split
from notice_extractor_eval.guard import breaches, read_thresholds, write_thresholds
from notice_extractor_eval.predictions import PredictionFolder, Recorder
from typer.testing import CliRunner

from extractor.errors import ExtractorError, InputError, SettingsError
from extractor.labels.label_file import parse_labels
from extractor.record.contract import Notice

NAME = "example-2024"


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    folder = tmp_path / "gold"
    for name in ("labels", "notices"):
        (folder / name).mkdir(parents=True)
    (folder / "labels" / f"{NAME}.yaml").write_text(LABELS, encoding="utf-8")
    (folder / "notices" / f"{NAME}.txt").write_text(TEXT, encoding="utf-8")
    (folder / "split.toml").write_text(f'tuned = ["{NAME}"]\nheld_back = ["other"]\n', encoding="utf-8")
    return folder


def _notice() -> Notice:
    notice = parse_labels(LABELS, TEXT).notice
    assert notice is not None
    return notice


def _worse() -> Notice:
    notice = _notice()
    issue = notice.issues[0]
    first, second = issue.measures
    first = first.model_copy(update={"quantities": first.quantities[1:], "status": "planned"})
    issue = issue.model_copy(update={"category": "economy", "measures": [first, second]})
    return notice.model_copy(update={"issues": [issue]})


def _run(folder: Path, *predictions: Notice) -> Path:
    folder.mkdir(parents=True)
    lines = "".join(notice.model_dump_json() + "\n" for notice in predictions)
    (folder / "notices.jsonl").write_text(lines, encoding="utf-8")
    return folder


def _measured(pred: Notice | None) -> Evaluation:
    return evaluate([Example(_notice(), TEXT)], lambda *_: pred, resamples=100)


# -- predictions ----------------------------------------------------------------------------------------------------


def test_a_missing_prediction_counts_as_missed_and_is_said(gold: Path, tmp_path: Path) -> None:
    other = _notice().model_copy(update={"notice_id": "unknown"})
    evaluation = measure_gold(gold, PredictionFolder(_run(tmp_path / "run", other)))
    assert evaluation.missing == (NAME,)
    assert evaluation.surplus == ("unknown",)
    assert evaluation.micro["issues"].recall == 0


def test_a_prediction_for_another_split_is_not_without_gold(gold: Path, tmp_path: Path) -> None:
    other = _notice().model_copy(update={"notice_id": "other"})
    (gold / "labels" / "other.yaml").write_text("notice: other\nstatus: draft\n", encoding="utf-8")
    (gold / "notices" / "other.txt").write_text(TEXT, encoding="utf-8")
    run = PredictionFolder(_run(tmp_path / "run", _notice(), other))
    assert measure_gold(gold, run, "tuned").surplus == ()


def test_a_prediction_for_another_version_of_the_text_is_refused(gold: Path, tmp_path: Path) -> None:
    stale = _notice().model_copy(update={"text_sha256": "0" * 64})
    with pytest.raises(InputError, match=r"notices\.jsonl:1: .* made from another version of the text"):
        measure_gold(gold, PredictionFolder(_run(tmp_path / "run", stale)))


def test_a_stored_text_that_differs_is_refused(gold: Path, tmp_path: Path) -> None:
    run = _run(tmp_path / "run", _notice())
    (run / "texts").mkdir()
    (run / "texts" / f"{NAME}.txt").write_text(TEXT + "!", encoding="utf-8")
    with pytest.raises(InputError, match="differs from the gold text"):
        measure_gold(gold, PredictionFolder(run))


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("{", r"notices\.jsonl:1: not readable as JSON"),
        ("[]", "a line is one notice"),
        ('{"notice_id": "a"}\n\n{"notice_id": "a"}', r"notices\.jsonl:3: “a” is already on line 1"),
        ('{"notice_id": "example-2024"}', r"notices\.jsonl:1: not a notice of the contract: text_sha256"),
    ],
)
def test_a_broken_run_is_named_with_its_line(gold: Path, tmp_path: Path, lines: str, message: str) -> None:
    run = _run(tmp_path / "run")
    (run / "notices.jsonl").write_text(lines, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        measure_gold(gold, PredictionFolder(run))


def test_a_folder_without_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"notices\.jsonl, one notice a line; there is none"):
        PredictionFolder(tmp_path)


def test_recorded_predictions_are_a_run(gold: Path, tmp_path: Path) -> None:
    recorder = Recorder(lambda *_: _worse(), tmp_path / "run")
    first = measure_gold(gold, recorder)
    assert measure_gold(gold, PredictionFolder(tmp_path / "run")).micro == first.micro


@pytest.mark.parametrize(("split", "found"), [("tuned", 1), ("all", 1)])
def test_a_split_chooses_notices(gold: Path, split: Split, found: int) -> None:
    assert len(measure_gold(gold, lambda *_: None, split).results) == found
    with pytest.raises(InputError, match="no reviewed labels"):
        measure_gold(gold, lambda *_: None, "held-back")


# -- guard ----------------------------------------------------------------------------------------------------------


def test_thresholds_written_from_a_run_hold_for_it_and_not_for_a_worse_one(tmp_path: Path) -> None:
    path = tmp_path / "thresholds.toml"
    write_thresholds(_measured(_notice()), path, backend="rules", split="all", tolerance=0.01)
    thresholds = read_thresholds(path)
    assert breaches(thresholds, _measured(_notice())) == []
    broken = {breach.field: breach for breach in breaches(thresholds, _measured(_worse()))}
    assert set(broken) == {
        "issues.category",
        "measures.status",
        "measures.quantities",
        "measures.quantities.subject",
        "measures.quantities.subject.overlap",
        "measures.quantities.qualifier",
    }
    said = str(broken["measures.quantities"])
    assert "F1 0.8889 is below 1.0000 − 0.0100" in said
    assert "new error: example-2024 issues[0].measures[0].quantities[0]: missed: gold 12 | 次" in said


def test_errors_that_were_there_before_are_not_called_new(tmp_path: Path) -> None:
    path = tmp_path / "thresholds.toml"
    write_thresholds(_measured(_worse()), path, backend="rules", split="all", tolerance=0)
    raised = path.read_text(encoding="utf-8").replace('"measures.status" = 0.5000', '"measures.status" = 0.9')
    path.write_text(raised, encoding="utf-8")
    (breach,) = breaches(read_thresholds(path), _measured(_worse()))
    assert (breach.field, breach.new) == ("measures.status", False)


def test_a_loss_within_the_tolerance_passes(tmp_path: Path) -> None:
    path = tmp_path / "t.toml"
    path.write_text('[fields]\n"measures.quantities" = {minimum = 0.9, tolerance = 0.02}\n', encoding="utf-8")
    assert breaches(read_thresholds(path), _measured(_worse())) == []


def test_invented_values_break_the_guard(tmp_path: Path) -> None:
    path = tmp_path / "t.toml"
    path.write_text("", encoding="utf-8")
    notice = _notice().model_copy(update={"signed_by": "别人"})
    (breach,) = breaches(read_thresholds(path), _measured(notice))
    assert str(breach).startswith("invented: 1 invented values, at most 0 accepted")
    assert "signed_by: “别人”" in str(breach)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("x = 1", "unknown: x"),
        ("[fields]\nnothing = 1", r"unknown: fields\.nothing"),
        ('[fields]\nissues = "high"', "issues: a field has a number"),
        ("[fields]\nissues = {least = 1}", "issues: a field has a number"),
        ("=", "not readable as TOML"),
        ('known_errors = "lost.txt"', "known errors cannot be read"),
    ],
)
def test_a_faulty_thresholds_file_is_refused(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "t.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        breaches(read_thresholds(path), _measured(_notice()))


def test_thresholds_are_for_one_split_and_one_backend(tmp_path: Path) -> None:
    path = tmp_path / "t.toml"
    path.write_text('backend = "rules"\nsplit = "tuned"\n', encoding="utf-8")
    thresholds = read_thresholds(path)
    check_thresholds_fit(thresholds, backend=None, split="tuned")
    with pytest.raises(SettingsError, match="is for the split “tuned”"):
        check_thresholds_fit(thresholds, backend="rules", split="all")
    with pytest.raises(SettingsError, match="is for the backend “rules”"):
        check_thresholds_fit(thresholds, backend="model", split="tuned")


# -- comparisons ----------------------------------------------------------------------------------------------------


def test_a_run_compared_with_itself_is_the_same_everywhere() -> None:
    comparison = compare(_measured(_worse()), _measured(_worse()))
    assert {each.verdict for each in comparison.differences} == {"same"}
    assert comparison.solved == comparison.fresh == ()


def test_differences_have_a_direction_and_their_items() -> None:
    down, up = compare(_measured(_notice()), _measured(_worse())), compare(_measured(_worse()), _measured(_notice()))
    fields = {each.field: each for each in down.differences}
    assert fields["issues.category"].change == -1 and fields["issues.category"].verdict == "worse"
    assert (fields["issues.category"].wins, fields["issues.category"].losses) == (0, 1)
    assert fields["issues"].verdict == "same"
    assert {finding.field for finding in down.fresh} == {"issues.category", "measures.status", "measures.quantities"}
    assert [finding.key for finding in up.solved] == [finding.key for finding in down.fresh]
    assert "worse" in comparison_markdown(down, ("a", "b"))
    assert "更差" in comparison_markdown(down, ("a", "b"), "zh")


def test_runs_over_different_gold_are_not_compared() -> None:
    nothing = evaluate([], lambda *_: None)
    with pytest.raises(InputError, match="not measured on the same gold"):
        compare(nothing, _measured(None))


def test_two_annotators_are_measured_against_each_other(gold: Path, tmp_path: Path) -> None:
    other = tmp_path / "b"
    other.mkdir()
    changed = LABELS.replace("category: political_leadership", "category: ideology")
    (other / f"{NAME}.yaml").write_text(changed, encoding="utf-8")
    (other / "lost.yaml").write_text("notice: lost\nstatus: reviewed\n", encoding="utf-8")
    readings = compare_annotators(gold, other, gold / "notices")
    assert readings.evaluation.micro["issues.category"].f1 == 0
    assert readings.evaluation.micro["measures.quantities"].f1 == 1
    assert readings.only_other == ("lost",) and len(readings.faults) == 1
    said = agreement_markdown(readings, ("a", "b"))
    assert "Labelled only by b: lost" in said and "gold political\\_leadership, predicted ideology" in said
    assert "科恩 κ" in agreement_markdown(readings, ("a", "b"), "zh")


# -- commands -------------------------------------------------------------------------------------------------------


def _call(*arguments: object) -> tuple[int, str]:
    app = typer.Typer()
    app.add_typer(eval_command.app, name="eval")
    app.add_typer(gold_command.app, name="gold")
    result = CliRunner(env={"COLUMNS": "160"}).invoke(app, [str(argument) for argument in arguments])
    if isinstance(result.exception, ExtractorError):
        raise result.exception
    return result.exit_code, result.output


def test_eval_writes_every_report(gold: Path, tmp_path: Path) -> None:
    run, out = _run(tmp_path / "run", _worse()), tmp_path / "out"
    code, said = _call("eval", "--gold", gold, "--pred", run, "--out", out)
    assert code == 0 and "issue category" in said
    names = {"metrics.json", "errors.jsonl", "summary.md", "junit.xml", "eval.html"}
    assert {path.name for path in out.iterdir()} == names
    assert json.loads((out / "metrics.json").read_text(encoding="utf-8"))["notices"] == [NAME]


def test_eval_fails_below_its_thresholds(gold: Path, tmp_path: Path) -> None:
    good, bad = _run(tmp_path / "good", _notice()), _run(tmp_path / "bad", _worse())
    thresholds = tmp_path / "t.toml"
    assert _call("eval", "--gold", gold, "--pred", good, "--accept", thresholds)[0] == 0
    assert _call("eval", "--gold", gold, "--pred", good, "--fail-under", thresholds)[0] == 0
    code, said = _call("eval", "--gold", gold, "--pred", bad, "--fail-under", thresholds)
    assert code == 1 and "issues.category: F1 0.0000 is below 1.0000" in said


def test_eval_compare_exits_with_the_verdict(gold: Path, tmp_path: Path) -> None:
    good, bad = _run(tmp_path / "good", _notice()), _run(tmp_path / "bad", _worse())
    assert _call("eval", "compare", bad, good, "--gold", gold)[0] == 0
    code, said = _call("eval", "compare", good, bad, "--gold", gold)
    assert code == 1 and "| issue category | 1.000 | 0.000 | -1.000 |" in said


def test_eval_agreement_writes_markdown(gold: Path, tmp_path: Path) -> None:
    code, said = _call("eval", "agreement", gold, gold, "--texts", gold / "notices", "--out", tmp_path / "out")
    assert code == 0 and "agreement.md" in said
    assert "| issue category | 1.000 |" in (tmp_path / "out" / "agreement.md").read_text(encoding="utf-8")


def test_two_sources_of_predictions_are_wrong_usage(gold: Path, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="exclude each other"):
        _call("eval", "--gold", gold, "--pred", tmp_path, "--backend", "rules")


def test_gold_check_names_mistakes_and_exits_with_1(gold: Path) -> None:
    assert _call("gold", "check", gold)[0] == 0
    (gold / "labels" / f"{NAME}.yaml").write_text(LABELS.replace("- 300 |", "- 400 |"), encoding="utf-8")
    code, said = _call("gold", "check", gold)
    assert code == 1 and "the figure “400 人” is not in the measure" in said and "1 mistakes" in said


def test_gold_new_starts_a_draft(gold: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    renamed = _notice().model_copy(update={"notice_id": "fresh"})
    monkeypatch.setattr("extractor.pipeline.extract", lambda *_, **__: renamed)
    file = tmp_path / "fresh.txt"
    file.write_text(TEXT, encoding="utf-8")
    code, said = _call("gold", "new", file, "--gold", gold)
    assert code == 0 and "1 issues and 2 measures to judge" in said
    assert (gold / "notices" / "fresh.txt").read_text(encoding="utf-8") == TEXT
    assert _call("gold", "check", gold)[0] == 0
    with pytest.raises(InputError, match="already is a label file"):
        _call("gold", "new", file, "--gold", gold)


def test_commands_start_without_the_libraries_of_science() -> None:
    lines = (
        "import sys, notice_extractor_eval.eval_command, notice_extractor_eval.gold_command",
        "print([name for name in ('numpy', 'scipy', 'deepdiff', 'yaml') if name in sys.modules])",
    )
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
