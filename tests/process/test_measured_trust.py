"""Measured trust: whatever a model is worth, the record is no worse than the rules', and an able one makes it right."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from assist_examples import tuned
from checkout import GOLD
from cli_examples import write
from endpoint_example import settings
from fake_endpoint import Serving, schema_of
from model_examples import SHORT
from notice_extractor_eval.comparison import compare
from notice_extractor_eval.evaluation import Evaluation, NoticeResult, evaluate_notice
from notice_extractor_eval.trust_calibration import calibrate

from extractor.assist.labels.label_pack import labels_packs
from extractor.assist.packs.material import read_first
from extractor.assist.proposals.trust_counts import trust_table
from extractor.assist.proposals.witnesses import TrustTable, unmeasured, witness_rows
from extractor.cli import main
from extractor.endpoint.setting_profiles import user_folder
from extractor.exports.written_notices import run_in
from extractor.files.parts.left_out import ReadText
from extractor.model_source import ModelSource
from extractor.pages.run_page import write_report
from extractor.pipeline import extract
from extractor.readers import ModelReader, reading
from extractor.record.contract import Notice
from extractor.trust_tables import file_name

ANSWERS = "graded_readers:answer"
MEASURED_ON, TRIED_ON = 0, 1
TRIED_WRONG = ("types", "status", "subjects", "organizations", "accountability", "documents")
READERS = ["perfect", "rough", "random", "lazy", "echoing", "truncating", *(f"wrong-{field}" for field in TRIED_WRONG)]


@pytest.fixture(scope="module")
def gold(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gold folder with one of the two tuned notices: the other shows what a table is worth elsewhere."""
    folder = tmp_path_factory.mktemp("gold")
    for name in ("labels", "notices"):
        (folder / name).symlink_to(GOLD / name)
    (folder / "split.toml").write_text(f'tuned = ["{tuned()[MEASURED_ON].gold.notice_id}"]\n', encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("answers")


def result(notice: Notice) -> NoticeResult:
    example = tuned()[TRIED_ON]
    return evaluate_notice(example.gold, notice, example.text)


@cache
def of_the_rules() -> NoticeResult:
    example = tuned()[TRIED_ON]
    return result(extract(example.text, notice_id=example.gold.notice_id))


def losses(found: NoticeResult) -> list[str]:
    """The fields that are worse than by the rules alone, by more than chance."""
    difference = compare(Evaluation((of_the_rules(),)), Evaluation((found,)))
    return [each.field for each in difference.worse] + ["invented"] * len(found.invented)


@pytest.mark.parametrize("name", READERS)
def test_a_record_is_never_worse_than_the_rules(server: Serving, gold: Path, answers: Path, name: str) -> None:
    breaks_off = name == "truncating"  # no answer of it can be used, however small the packs
    source = ModelSource(settings(server, model=name, timeout=60.0, answer_retries=0 if breaks_off else 2), answers)

    def read(trust: TrustTable) -> NoticeResult:
        example = tuned()[TRIED_ON]
        found = ModelReader(source, trust=trust).read(ReadText(example.text), example.gold.notice_id)
        assert bool(found.failures) is breaks_off
        return result(found.notice)

    trial = calibrate(gold, ModelReader(source))
    assert bool(trial.failures) is breaks_off
    measured = read(trust_table(name, trial.found.counts))
    assert losses(read(unmeasured())) == []
    assert losses(measured) == []
    if name == "perfect":
        assert [field for field, score in measured.scores().items() if score.f1 < 0.99] == []


class TestWhatAModelCannotSay:
    """Is asked no more once that is sure: in the next notices, in the next run, or from a table that was measured."""

    @staticmethod
    def asked(server: Serving) -> list[dict[str, Any]]:
        """The schemas of the calls for labels since the last script."""
        return [schema for entry in server.log() if "measures" in (schema := schema_of(entry["body"]))["properties"]]

    @staticmethod
    def read(source: ModelSource, *numbers: int, trust: TrustTable | None = None) -> ModelReader:
        reader = ModelReader(source, trust=trust or unmeasured())
        with reading(reader) as read:
            for number in numbers:
                example = tuned()[number]
                read(ReadText(example.text), example.gold.notice_id)
        return reader

    def test_a_guessers_labels_are_left_to_the_rules(self, server: Serving, tmp_path: Path) -> None:
        server.script()
        how = settings(server, model="echoing", timeout=60.0)
        reader = self.read(ModelSource(how, tmp_path / "kept"), MEASURED_ON)
        assert self.asked(server)
        said = reader.reported()["reading"]
        assert "not asked any more, left to the rules: labels of issues and measures" in said["told"]
        assert "measures.types" in said["not_asked"]
        server.script()
        self.read(ModelSource(how, tmp_path / "kept"), TRIED_ON)  # another run, which knows it
        assert len(server.log()) == 1
        assert self.asked(server) == []
        server.script()
        self.read(ModelSource(how, tmp_path / "kept", offline=True), MEASURED_ON, TRIED_ON)
        assert server.log() == []

    def test_of_a_notice_it_is_not_said_where_a_kept_answer_speaks_of_it(self, server: Serving, tmp_path: Path) -> None:
        how = settings(server, model="echoing", timeout=60.0)
        self.read(ModelSource(how, tmp_path / "kept"), MEASURED_ON)
        kept = ModelReader(ModelSource(how, tmp_path / "kept", offline=True), trust=unmeasured())
        said = {}
        for number in (MEASURED_ON, TRIED_ON):
            example = tuned()[number]
            found = kept.read(ReadText(example.text), example.gold.notice_id)
            assert found.asked is not None
            said[number] = found.asked["reading"].get("not_asked", ())
        assert "measures.types" not in said[MEASURED_ON]
        assert "measures.types" in said[TRIED_ON]

    @pytest.mark.parametrize(("name", "is_given_up"), [("echoing", True), ("rough", False)])
    def test_one_by_one_a_guesser_is_given_up_within_a_notice(
        self, server: Serving, tmp_path: Path, name: str, is_given_up: bool
    ) -> None:
        example = tuned()[TRIED_ON]
        how = settings(server, model=name, timeout=60.0, pack_tokens=800, concurrency=1)
        packs = len(labels_packs(read_first(example.text, "any"), 800))
        said = []
        for offline in (False, True):
            server.script()
            source = ModelSource(how, tmp_path / "kept", offline=offline)
            found = ModelReader(source, trust=unmeasured()).read(ReadText(example.text), example.gold.notice_id)
            assert found.failures == []
            said.append(found.notice)
            if not offline:
                assert (len(self.asked(server)) < packs) is is_given_up
        assert said[0] == said[1]
        assert ("model_given_up" in [check.code for check in said[0].checks]) is is_given_up

    def test_one_field_alone_is_left_out_of_the_schema(self, server: Serving, tmp_path: Path) -> None:
        how = settings(server, model="wrong-organizations", timeout=60.0)
        source = ModelSource(how, tmp_path / "kept")
        server.script()
        self.read(source, MEASURED_ON)
        assert self.names_organizations(self.asked(server))
        server.script()
        reader = self.read(source, TRIED_ON)
        assert self.asked(server)
        assert not self.names_organizations(self.asked(server))
        assert reader.reported()["reading"]["not_asked"] == ["measures.organizations"]
        server.script()
        self.read(ModelSource(how, tmp_path / "kept", offline=True), MEASURED_ON, TRIED_ON)
        assert server.log() == []

    @staticmethod
    def names_organizations(schemas: list[dict[str, Any]]) -> bool:
        measures = [each for schema in schemas for each in schema["properties"]["measures"]["prefixItems"]]
        return any({"o", "n"} & each["properties"].keys() for each in measures)

    def test_a_table_that_finds_it_surely_worse_asks_it_nothing(self, server: Serving, tmp_path: Path) -> None:
        server.script()
        source = ModelSource(settings(server, model="perfect", timeout=60.0), tmp_path / "kept")
        table = replace(unmeasured(), lost=frozenset(witness_rows()))
        assert self.read(source, TRIED_ON, trust=table).reported()["trust"]["not_asked"] == sorted(witness_rows())
        assert server.log() == []


class TestTheCommand:
    @pytest.fixture
    def asked(self, server: Serving, answers: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
        """The options of the perfect model, whose answers are known by now or soon; the settings' folder is empty."""
        server.script()
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
        where = ["--base-url", server.base_url, "--model", "perfect", "--mode", "json_schema"]
        return [*where, "--cache-dir", str(answers), "--timeout", "60"]

    def test_a_table_is_kept_used_and_named_and_the_work_done_anew(
        self, asked: list[str], gold: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        write(tmp_path, short=SHORT)
        out = tmp_path / "out"

        def run() -> tuple[dict[str, object], str]:
            assert main(["run", str(tmp_path / "short.txt"), "--out", str(out), "--log-level", "info", *asked]) in (
                0,
                3,
            )
            report = json.loads((out / "run.json").read_text(encoding="utf-8"))
            return report["model"]["trust"] | report["totals"], capsys.readouterr().err

        before, told = run()
        assert (before["table"], before["done"]) == ("unmeasured", 1)
        assert "was not measured" in told and "eval calibrate --gold gold --model perfect" in told
        assert main(["eval", "calibrate", "--gold", str(gold), *asked]) == 0
        assert "| measure types |" in capsys.readouterr().out
        written = user_folder() / "trust" / file_name("perfect")
        table = tomllib.loads(written.read_text(encoding="utf-8"))
        assert table["model"] == "perfect"
        assert table["fields"]["measures.types"]["value"]["won"][1] > 0
        assert "127.0.0.1" not in written.read_text(encoding="utf-8")
        after, told = run()
        assert (after["table"], after["done"]) == ("measured", 1)  # not unchanged
        assert after["key"] != before["key"]
        write_report(run_in(out), tmp_path / "report.html")
        assert '"trust":"measured"' in (tmp_path / "report.html").read_text(encoding="utf-8").replace(" ", "")
        assert "by the table measured by you perfect decides" in told

    def test_it_may_be_written_elsewhere(self, asked: list[str], gold: Path, tmp_path: Path) -> None:
        for place, file in ((tmp_path, file_name("perfect")), (tmp_path / "a.toml", "a.toml")):
            assert main(["eval", "calibrate", "--gold", str(gold), "--to", str(place), *asked]) == 0
            assert (tmp_path / file).is_file()
        assert not user_folder().exists()

    def test_of_a_model_that_never_answered_no_table_is_written(
        self, asked: list[str], gold: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        whom = [*asked, "--offline", "--cache-dir", str(tmp_path / "empty")]
        assert main(["eval", "calibrate", "--gold", str(gold), *whom]) == 1
        assert "answered nothing that can be measured" in capsys.readouterr().err
        assert not user_folder().exists()

    def test_what_fails_alike_is_told_once_with_a_count(
        self, server: Serving, asked: list[str], gold: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        server.script(rate=1.0, kinds=["401"])
        whom = [*asked, "--gold", str(gold), "--cache-dir", str(tmp_path / "empty")]
        name = tuned()[MEASURED_ON].gold.notice_id
        for command, status, then in (
            (["calibrate"], 1, "their values are not counted"),
            (["--backend", "assisted", "--split", "tuned"], 3, "there the rules' reading is measured"),
        ):
            assert main(["eval", *command, *whom]) == status
            said = [line for line in capsys.readouterr().err.splitlines() if "failed for good" in line]
            assert len(said) == 1
            found = re.fullmatch(rf"{name}: (\d+) calls failed for good, {then}: .*does not accept the key.*", said[0])
            assert found
            assert int(found[1]) > 1

    def test_calls_that_fail_are_named_and_their_values_not_counted(
        self, server: Serving, asked: list[str], gold: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        server.script(faults={0: "filter"})
        whom = [*asked, "--cache-dir", str(tmp_path / "empty")]
        assert main(["eval", "calibrate", "--gold", str(gold), *whom]) == 3
        assert f"{tuned()[MEASURED_ON].gold.notice_id}: " in capsys.readouterr().err
        assert (user_folder() / "trust" / file_name("perfect")).is_file()
