"""From line numbers to an outline: the model points at lines, the rules' grammar finds titles, labels and lead-ins."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from assist_examples import TEXT, material
from checkout import SUPPORT
from perfect_answers import layout_from
from planted import notice

from extractor.assist.layout.layout_answer import LayoutAnswer
from extractor.assist.layout.layout_pack import LayoutPack, layout_packs, units
from extractor.assist.layout.layout_signs import layout_signs
from extractor.assist.layout.model_outline import lay_out, poorly_laid_out
from extractor.assist.packs.pack import AnsweredPack
from extractor.assist.prompts import examples_of
from extractor.assist.proposals.reading_signs import Signs
from extractor.notice.assemble import as_folded, assemble
from extractor.record.contract import Notice

BIG = 100_000
LAYOUTS = sorted(SUPPORT.glob("layouts/*.yaml"))


def packs(text: str, budget: int = BIG) -> list[LayoutPack]:
    made = material(text)
    return layout_packs(made, budget)


def laid(text: str, *issues: dict[str, Any], groups: list[dict[str, int]] | None = None) -> tuple[Notice, list[str]]:
    """The record over the outline a model told, and the codes of what was doubted."""
    made = material(text)
    (pack,) = packs(text)
    answer = LayoutAnswer.model_validate({"issues": list(issues), "groups": groups or []})
    reading, doubts = lay_out(made.reading, [AnsweredPack(pack, answer)])
    return assemble(reading, "example", as_folded), [doubt.code for doubt in doubts]


def told(record: Notice, text: str) -> list[tuple[str | None, str, list[str], list[tuple[str | None, str]]]]:
    return [
        (issue.label, issue.title, issue.section, [(m.label, text[m.text.start : m.text.end]) for m in issue.measures])
        for issue in record.issues
    ]


def test_lines_are_sentences_and_enumerated_units() -> None:
    text = "一、整改情况\n1.关于“甲”问题的整改。一是清库3次,印发《甲;乙》。二是清账。\n  末句"
    assert [text[unit.start : unit.end] for unit in units(text, len(text))] == [
        "一、整改情况", "1.关于“甲”问题的整改。", "一是清库3次,印发《甲;乙》。", "二是清账。", "末句",
    ]  # fmt: skip


def test_lines_are_numbered_and_long_ones_shortened() -> None:
    text = notice("1.关于“甲类物资积压”问题的整改。一是" + "清" * 60 + "。二是清账。")
    (pack,) = packs(text)
    assert pack.body.splitlines()[-3:] == [
        "[7] 1.关于“甲类物资积压”问题的整改。",
        f"[8+] 一是{'清' * 28}[..23]{'清' * 9}。",
        "[9+] 二是清账。",
    ]


def test_titles_labels_and_lead_ins_are_the_grammars() -> None:
    text = notice(
        "(一)内部管理方面",
        "1.关于“甲类物资积压”问题的整改。",
        "整改情况:一是清库3次。登记造册。二是清账。",
        "乙类账目不清",
        "已清账。",
        "还将复核。",
    )
    record, doubts = laid(text, {"h": 8, "m": [10, 12]}, {"h": 13, "m": [14, 15]}, groups=[{"u": 7, "l": 1}])
    assert doubts == []
    assert told(record, text) == [
        ("1", "甲类物资积压", ["内部管理方面"], [("一是", "清库3次。登记造册。"), ("二是", "清账。")]),
        (None, "乙类账目不清", ["内部管理方面"], [(None, "已清账。"), (None, "还将复核。")]),
    ]
    assert record.outline.coverage is not None
    assert record.outline.coverage > 0.3


def test_a_heading_and_its_answer_may_share_a_line() -> None:
    text = notice("针对“甲类物资积压”问题,已清库3次。", "针对“乙类账目不清”问题,已清账。")
    record, _ = laid(text, {"h": 7, "m": [7]}, {"h": 8, "m": [8]})
    assert [(title, found) for _, title, _, found in told(record, text)] == [
        ("甲类物资积压", [(None, "已清库3次。")]),
        ("乙类账目不清", [(None, "已清账。")]),
    ]


def test_what_cannot_be_placed_is_dropped_and_said() -> None:
    record, doubts = laid(
        TEXT, {"h": 8, "m": [9, 9, 99]}, {"h": 3, "m": []}, {"h": 500, "m": []}, groups=[{"u": 900, "l": 1}]
    )
    assert len(record.issues) == 1
    assert len(record.issues[0].measures) == 1
    assert doubts.count("layout_dropped") == 4


def test_a_measure_goes_on_in_the_next_pack() -> None:
    text = notice("1.关于“甲类物资积压”问题的整改。", "一是清库。", "登记造册。", "张榜公布。", "二是清账。")
    made = material(text)
    whole = packs(text)[0]
    cut = next(n for n, unit in enumerate(whole.units) if text[unit.start : unit.end] == "登记造册。")
    first = LayoutPack(whole.units[:cut], 1, "")
    second = LayoutPack(whole.units[cut:], cut + 1, "")
    last = len(whole.units)
    answered = [
        AnsweredPack(first, LayoutAnswer.model_validate({"issues": [{"h": 7, "m": [cut]}]}, context={"pack": first})),
        AnsweredPack(
            second,
            LayoutAnswer.model_validate(
                {"issues": [{"h": 0, "m": [0, last], "e": [f"0-{cut + 2}"]}]}, context={"pack": second}
            ),
        ),
    ]
    reading, doubts = lay_out(made.reading, answered)
    assert doubts == []
    assert told(assemble(reading, "example"), text)[0][3] == [
        ("一是", "清库。\n登记造册。\n张榜公布。"),
        ("二是", "清账。"),
    ]


def test_without_issues_or_with_a_failed_pack_the_rules_outline_stands() -> None:
    made = material(TEXT)
    record, doubts = laid(TEXT)
    assert record == made.notice
    assert doubts == ["layout_empty"]
    (pack,) = packs(TEXT)
    reading, failed = lay_out(made.reading, [AnsweredPack(pack, None)])
    assert reading is made.reading
    assert [doubt.code for doubt in failed] == ["layout_failed"]


@pytest.mark.parametrize("budget", [BIG, 150])
@pytest.mark.parametrize("path", LAYOUTS, ids=lambda path: path.stem)
def test_a_perfect_reader_lays_out_what_the_rules_do(path: Path, budget: int) -> None:
    """In one pack and in many; what the grammar reads off is the same where the model's lines are."""
    text = yaml.safe_load(path.read_text(encoding="utf-8"))["text"]
    made = material(text)
    answered = [AnsweredPack(pack, layout_from(made.notice, pack)) for pack in packs(text, budget)]
    reading, doubts = lay_out(made.reading, answered)
    assert doubts == []
    found, read = (told(each, made.text) for each in (assemble(reading, "example", as_folded), made.notice))
    assert [each[3] for each in found] == [each[3] for each in read]
    assert [each[::2] for each in found] == [each[::2] for each in read]
    assert [each[1].strip("“”") for each in found] == [each[1].strip("“”") for each in read]


def test_a_poor_outline_is_told() -> None:
    longer = TEXT.replace("清理账目", "逐笔核对近年来的收支账目、合同、票据和审批手续" * 4)
    assert not poorly_laid_out(material(longer).reading)
    assert poorly_laid_out(material("没有版式的一段话。").reading)


class TestGuessing:
    """A layout whose lines cannot be what it says is left to the rules; one that was read never is."""

    TEXT = notice(
        *(
            f"{number}.关于“第{number}类物资积压”问题的整改。\n一是清库{number}次。二是清账。\n账目已公开。"
            for number in (1, 2, 3)
        )
    )

    @staticmethod
    def signs(text: str, *issues: dict[str, Any]) -> Signs:
        made = material(text)
        (pack,) = packs(text)
        answer = LayoutAnswer.model_validate({"issues": list(issues)}, context={"pack": pack})
        return layout_signs(made, [AnsweredPack(pack, answer)], examples_of("layout"))

    def guesses(self) -> dict[str, list[dict[str, Any]]]:
        (pack,) = packs(self.TEXT)
        lines = range(1, len(pack.units) + 1)
        return {
            "every line an issue": [{"h": line, "m": []} for line in lines],
            "all one issue": [{"h": 1, "m": list(lines[1:])}],
            "the prompt's example": [
                {"h": 3, "m": [5, 7]},
                {"h": 8, "m": [10, 11]},
                {"h": 13, "m": [14], "e": ["14-15"]},
            ],
            "measures before their headings": [{"h": line, "m": [line - 2, line - 1]} for line in lines[3::3]],
        }

    @pytest.mark.parametrize("how", ["every line an issue", "all one issue", "measures before their headings"])
    def test_what_was_guessed_is_left_to_the_rules(self, how: str) -> None:
        made = material(self.TEXT)
        (pack,) = packs(self.TEXT)
        answer = LayoutAnswer.model_validate({"issues": self.guesses()[how]}, context={"pack": pack})
        answered = [AnsweredPack(pack, answer)]
        reading, doubts = lay_out(made.reading, answered, layout_signs(made, answered))
        assert reading is made.reading
        assert [doubt.code for doubt in doubts] == ["layout_guessed"]

    def test_what_repeats_the_example_was_not_read(self) -> None:
        assert self.signs(self.TEXT, *self.guesses()["the prompt's example"]).shown == 0

    @pytest.mark.parametrize("path", LAYOUTS, ids=lambda path: path.stem)
    def test_what_was_read_is_never_refused(self, path: Path) -> None:
        text = yaml.safe_load(path.read_text(encoding="utf-8"))["text"]
        made = material(text)
        answered = [AnsweredPack(pack, layout_from(made.notice, pack)) for pack in layout_packs(made)]
        signs = layout_signs(made, answered, examples_of("layout"))
        assert signs.shown == signs.cases
