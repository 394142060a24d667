"""Label files: what is read, what is written, and that every mistake is named with its line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from checkout import SUPPORT
from eval_examples import notices
from hypothesis import given, settings
from label_examples import LABELS, TEXT
from notice_extractor_eval.gold_check import check_folder
from notice_extractor_eval.gold_folder import label_paths, read_folder, read_layouts, read_split, reviewed

from extractor import extract
from extractor.errors import InputError
from extractor.labels.anchors import make_anchor, resolve_anchor
from extractor.labels.label_file import LabelFile, parse_labels, read_label_file, read_text, write_labels
from extractor.record.contract import Notice, Span
from extractor.record.date_values import is_date_value
from extractor.text.text_hash import text_sha256


def _line(words: str, source: str = LABELS) -> int:
    return next(number for number, line in enumerate(source.splitlines(), start=1) if words in line)


def _read(source: str = LABELS, text: str = TEXT) -> LabelFile:
    return parse_labels(source, text, "x.yaml")


def _notice(file: LabelFile) -> Notice:
    assert file.notice is not None, file.errors
    return file.notice


def _words(span: Span) -> str:
    return TEXT[span.start : span.end]


# -- reading --------------------------------------------------------------------------------------------------------


def test_a_label_file_becomes_a_notice_with_true_offsets() -> None:
    file = _read()
    assert file.errors == ()
    assert (file.notice_id, file.annotator, file.status) == ("example-2024", "a", "reviewed")
    notice = _notice(file)
    assert notice.text_sha256 == text_sha256(TEXT)
    assert (notice.title, notice.contact.email, notice.inspection_end) == (
        "关于巡察整改进展情况的通报",
        "a@b.cn",
        "2023-05",
    )
    assert [(total.name, total.value, _words(total.text)) for total in notice.totals] == [
        ("issues_found", 23, "23个"),
        ("completion_rate", 52.9, "52.9%"),
    ]
    (issue,) = notice.issues
    # The second “(一)” of the text is the issue's; the anchor's words say which.
    assert _words(issue.text).startswith("(一)关于“学习") and _words(issue.text).endswith("形成长效机制。")
    assert [_words(span) for span in issue.spans["title"]] == ["学习不够深入"]
    first, second = issue.measures
    assert _words(first.text).startswith("强化学习。制定") and _words(first.text).endswith("2人。")
    assert [_words(each.text) for each in first.quantities] == ["12次", "300余人", "2人"]
    assert [_words(each.text) for each in second.quantities] == ["12 次", "1,234份"]
    assert [_words(each.text) for each in first.dates] == ["2023年10月以来"]
    assert [_words(span) for span in first.spans["organizations"]] == ["镇党委"]
    assert [_words(span) for span in second.spans["label"]] == ["二是"]
    assert [_words(span) for span in notice.spans["signed_on"]] == ["2023年11月30日"]


def test_values_are_found_in_other_widths_and_blanks() -> None:
    text = TEXT.replace("12次", "12 次").replace("300余人", "3 0 0余人").replace("010-12345678", "010-12345678")
    assert _read(text=text).errors == ()


def test_the_same_figure_twice_has_two_places() -> None:
    text = TEXT.replace("每月召开会议12次", "召开会议12次,又召开会议12次")
    source = LABELS.replace(
        "          - 12 | 次 | 召开会议\n          - 300", "          - 12 | 次\n          - 12 | 次\n          - 300"
    )
    places = [each.text for each in _notice(_read(source, text)).issues[0].measures[0].quantities[:2]]
    assert places[0].end < places[1].start


# -- mistakes -------------------------------------------------------------------------------------------------------

# What is changed in the file, and what the message says; the line is that of the changed words.
FAULTS = {
    "unknown category": ("category: political_leadership", "category: politics", "“category” cannot be “politics”"),
    "unknown status": ("status: unspecified", "status: done", "“status” cannot be “done”"),
    "unknown type": ("types: [deliberation]", "types: [meeting]", "a type cannot be “meeting”"),
    "no type": ("types: [deliberation]", "types: []", "one to three types"),
    "four types": ("types: [deliberation]", "types: [deliberation, other, digital, recovery]", "this one has 4"),
    "unknown action": ("- issued | 学习计划", "- written | 学习计划", "a document's action cannot be “written”"),
    "unknown qualifier": ("- 300 | 人 | 参加 | over", "- 300 | 人 | 参加 | more", "a qualifier cannot be “more”"),
    "unknown total": ("- issues_found | 23 | 个", "- issue_found | 23 | 个", "did you mean issues_found?"),
    "unknown accountability": ("- 党纪处分 | 2 | 人", "- 处分 | 2 | 人", "an accountability action cannot be “处分”"),
    "unknown kind": ("inspection_kind: 巡察", "inspection_kind: 视察", "“inspection_kind” cannot be “视察”"),
    "unknown key": ("heading: 强化学习", "headings: 强化学习", "unknown key “headings”; did you mean heading?"),
    "unknown field": ("email: a@b.cn", "mail: a@b.cn", "unknown key “mail”; did you mean email?"),
    "anchor not there": (
        "text: 强化学习。 … 党",
        "text: 强化培训。 … 党",
        "the first words “强化培训。” are not in the text; nearest: “强化学习。”",
    ),
    "anchor's end not there": ("党纪处分2人。", "党纪处分3人。", "the last words “党纪处分3人。” are not in the text"),
    "anchor out of order": (
        "text: (一)关于“学习 … 形成长效机制。",
        "text: (一)关于“学习 … 反馈问题23个",
        "only before",
    ),
    "anchor in other widths": (
        "text: 召开会议 12 次,",
        "text: 召开会议 12次,",
        "printed with other blanks, widths or quotes",
    ),
    "measure outside its issue": (
        "text: 召开会议 12",
        "text: 联系电话:010 … 电子邮箱:a@b.cn。 # 12",
        "stand only after",
    ),
    "title not in the issue": (
        "title: 学习不够深入",
        "title: 学习不够认真",
        "title “学习不够认真” is not in the issue",
    ),
    "section not before": ("section: [政治建设方面]", "section: [作风建设方面]", "is not before the issue"),
    "label not before": ("label: 二是", "label: 三是", "label “三是” is not before the measure"),
    "document elsewhere": ("- issued | 学习计划", "- issued | 长效机制", "(it is on line 8 of the text)"),
    "figure not there": (
        "- 300 | 人 | 参加 | over",
        "- 400 | 人 | 参加 | over",
        "the figure “400 人” is not in the measure",
    ),
    "unit not there": ("- 300 | 人 | 参加 | over", "- 300 | 家 | 参加 | over", "there the text reads “300余人"),
    "no number": ("- 300 | 人 | 参加 | over", "- 三百 | 人 | 参加 | over", "is not a number in Arabic digits"),
    "subject not there": ("- 300 | 人 | 参加 | over", "- 300 | 人 | 学员 | over", "the subject “学员” is not in"),
    "too few parts": ("- 1234 | 份 | 资料", "- 1234份", "has 1 of at least 2 parts: value | unit"),
    "no date": ("- 2023-10/.. | 2023年10月以来", "- 2023-13/.. | 2023年10月以来", "is no date or interval"),
    "date's words not there": (
        "- 2023-10/.. | 2023年10月以来",
        "- 2023-10/.. | 2022年10月以来",
        "are not in the measure",
    ),
    "organisation not there": (
        "          - 镇党委",
        "          - 县党委",
        "organizations “县党委” is not in the measure",
    ),
    "field not there": ("phone: 010-12345678", "phone: 010-87654321", "phone “010-87654321” is not in the text"),
    "field no date": ("signed_on: 2023-11-30", "signed_on: 2023年11月", "“signed_on” must be a date"),
    "unknown file status": ("status: reviewed", "status: final", "“status” cannot be “final”"),
    "another text": ("annotator: a", "annotator: a\ntext_sha256: 00ff", "labels another version of the text"),
    "not a list": ("section: [政治建设方面]", "section: 政治建设方面", "“section” must be a list"),
    "a table for a text": ("title: 学习不够深入", "title: {学习: 不够深入}", "“title” must be one text"),
    "not YAML": ("title: 学习不够深入", "title: 学习: 不够深入", "not readable as YAML"),
    "a key twice": ("heading: 强化学习", "heading: 强化学习\n        heading: 强化学习", "stands here twice"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_mistake_is_named_with_its_line(name: str) -> None:
    old, new, message = FAULTS[name]
    assert old in LABELS
    file = _read(LABELS.replace(old, new))
    assert file.notice is None
    found = [str(fault) for fault in file.faults]
    assert len(found) == 1, found
    line = _line(old) + new.count("\n") * (name in {"another text", "a key twice"})
    assert found[0].startswith(f"x.yaml:{line}: ") and message in found[0], found[0]


def test_a_left_out_judgement_is_a_mistake_of_a_reviewed_file_and_open_in_a_draft() -> None:
    source = LABELS.replace("    category: political_leadership\n", "").replace("types: [deliberation]", "types: []")
    assert [fault.message for fault in _read(source).faults] == [
        "“category” is missing",
        "a measure has one to three types, this one has 0",
    ]
    assert _notice(_read(source.replace("status: reviewed", "status: draft"))).issues[0].category == "other"


def test_all_mistakes_are_told_at_once_in_the_order_of_lines() -> None:
    source = LABELS.replace("category: political_leadership", "category: x").replace(
        "text: 强化学习。 …", "text: 无此语 …"
    )
    lines = [fault.line for fault in _read(source).faults]
    assert lines == sorted(lines) and len(lines) == 2


def test_what_is_worth_a_look_does_not_make_a_file_unusable() -> None:
    source = LABELS.replace("          - 2 | 人 | 党纪处分\n", "")
    file = _read(source)
    assert file.notice is not None and file.faults == ()
    assert "stands under accountability but not under quantities" in str(file.errors[0])


def test_a_person_counted_stands_where_the_action_is_printed() -> None:
    text = TEXT.replace("参加300余人", "参加2人")
    labels = LABELS.replace("- 300 | 人 | 参加 | over", "- 2 | 人 | 参加")
    measure = _notice(_read(labels, text)).issues[0].measures[0]
    assert [each.text for each in measure.accountability] == [measure.quantities[-1].text]
    assert measure.quantities[-1].subject == "党纪处分"


@pytest.mark.parametrize("source", ["", "- a", "notice: x\n\tstatus: y", "\x00", "notice: &a x\nstatus: *b"])
def test_a_file_that_is_no_table_is_one_mistake(source: str) -> None:
    assert len(_read(source).faults) == 1


@pytest.mark.parametrize(
    "value", ["2023", "2023-10", "2024-02-29", "2023-10/..", "../2024-02", "2024-01/2024-06", "2023/2024"]
)
def test_dates_of_the_contract(value: str) -> None:
    assert is_date_value(value)


@pytest.mark.parametrize(
    "value", ["", "23", "2023-2", "2023-02-30", "../..", "2024-06/2024-01", "2023/", "2023年", "2023-10/x"]
)
def test_what_is_no_date_of_the_contract(value: str) -> None:
    assert not is_date_value(value)


# -- writing --------------------------------------------------------------------------------------------------------


def test_what_is_written_reads_back_the_same() -> None:
    notice = _notice(_read())
    assert _notice(_read(write_labels(notice, TEXT))) == notice


@given(notices())
@settings(deadline=None, max_examples=60)
def test_labels_survive_a_round_trip(example: tuple[Notice, str]) -> None:
    written, text = example
    # What label files do not hold (places of fields without one in the file) is settled by the first reading.
    first = parse_labels(write_labels(written, text), text)
    notice = _notice(first)
    bare: dict[str, Any] = {"spans": True, "issues": {"__all__": {"spans": True, "measures": {"__all__": {"spans"}}}}}
    places: dict[str, Any] = {"totals": {"__all__": {"text"}}}
    assert notice.model_dump(exclude=bare | places) == written.model_dump(exclude=bare | places)
    assert parse_labels(write_labels(notice, text), text).notice == notice


@pytest.mark.parametrize(
    "title",
    [
        "'甲",
        '"甲"',
        "[甲]",
        "{甲}",
        "&甲",
        "*甲",
        "%甲",
        "@甲",
        "#甲",
        "甲: 乙",
        "甲 #乙",
        "null",
        "~",
        "-",
        "- 甲",
        "甲\n乙",
        "1",
        "yes",
        "甲:",
        "甲\u2028乙",
        "!甲",
        "|",
        "> 甲",
        "甲, 乙]",
    ],
)
def test_awkward_words_are_quoted_as_needed(title: str) -> None:
    text = f"(一)关于“{title}”问题。完成了。"
    notice = Notice.model_validate(
        {
            "notice_id": "n",
            "text_sha256": text_sha256(text),
            "issues": [{"title": title, "section": [], "text": {"start": 0, "end": len(text)}}],
        }
    )
    found = _notice(parse_labels(write_labels(notice, text, status="draft"), text))
    assert found.issues[0].title == title
    assert found.issues[0].text == notice.issues[0].text


def test_anchors_grow_until_they_name_their_stretch() -> None:
    text = "制定措施,推进落实。制定措施,推进落实整改工作,推进落实。制定措施。"
    span = Span(start=10, end=text.rindex("制定"))
    anchor = make_anchor(text, span, Span(start=0, end=len(text)))
    assert resolve_anchor(text, anchor, Span(start=0, end=len(text))) == span


def test_a_draft_holds_the_segmentation_and_no_judgement() -> None:
    draft = write_labels(_notice(_read()), TEXT, status="draft", judged=False)
    file = _read(draft)
    notice = _notice(file)
    assert file.status == "draft"
    assert [measure.text for measure in notice.issues[0].measures] == [
        measure.text for measure in _notice(_read()).issues[0].measures
    ]
    for word in ("political", "学习计划", "completed", "党纪处分 |", "巡察组"):
        assert word not in draft


def test_findings_listed_before_their_answers_can_be_labelled() -> None:
    path = SUPPORT / "layouts" / "kinds" / "findings_listed_then_answers_of_same_numbers.yaml"
    text = yaml.safe_load(path.read_text(encoding="utf-8"))["text"]
    notice = extract(text)
    back = _notice(_read(write_labels(notice, text), text))
    assert [issue.text for issue in back.issues] == [issue.text for issue in notice.issues]
    assert notice.issues[0].text.end > notice.issues[1].text.start


# -- folders --------------------------------------------------------------------------------------------------------


def _folder(path: Path, **labels: str) -> Path:
    for name in ("labels", "notices"):
        (path / name).mkdir(parents=True)
    (path / "notices" / "example-2024.txt").write_text(TEXT, encoding="utf-8")
    for name, source in labels.items():
        (path / "labels" / f"{name.replace('_', '-')}.yaml").write_text(source, encoding="utf-8")
    return path


def test_two_files_for_one_notice_are_a_mistake_of_the_second(tmp_path: Path) -> None:
    folder = _folder(tmp_path, a=LABELS, b=LABELS)
    with pytest.raises(InputError, match=r"b\.yaml:1: “example-2024” is already labelled in .*a\.yaml"):
        list(reviewed(read_folder(folder)))


def test_a_missing_text_is_a_mistake_with_its_line(tmp_path: Path) -> None:
    folder = _folder(tmp_path, a="# comment\nnotice: lost\nstatus: reviewed\n")
    assert str(read_label_file(label_paths(folder)[0], folder / "notices").faults[0]).startswith(
        f"{folder}/labels/a.yaml:2: the text of “lost” is missing"
    )


def test_drafts_are_passed_over_and_said(tmp_path: Path) -> None:
    folder = _folder(tmp_path, example_2024=LABELS.replace("status: reviewed", "status: draft"))
    assert list(reviewed(read_folder(folder))) == []
    (report,) = check_folder(folder)
    assert report.faults == 0 and "draft: does not count as gold" in report.lines[-1]


def test_checking_gold_counts_mistakes(tmp_path: Path) -> None:
    folder = _folder(tmp_path, example_2024=LABELS.replace("types: [deliberation]", "types: [x]"))
    (report,) = check_folder(folder)
    assert report.faults == 1 and "a type cannot be “x”" in report.lines[0]


def test_splits_and_layouts_are_data_files(tmp_path: Path) -> None:
    (tmp_path / "split.toml").write_text('tuned = ["a"]\nheld_back = ["b"]\n', encoding="utf-8")
    assert read_split(tmp_path, "all") is None
    assert read_split(tmp_path, "tuned") == frozenset({"a"})
    assert read_split(tmp_path, "held-back") == frozenset({"b"})
    assert read_layouts(tmp_path) == {}
    (tmp_path / "layouts.toml").write_text('a = "decimal"\n', encoding="utf-8")
    assert read_layouts(tmp_path) == {"a": "decimal"}
    with pytest.raises(InputError, match=r"split\.toml: not readable"):
        read_split(tmp_path / "nowhere", "tuned")
    with pytest.raises(InputError, match="no such folder"):
        label_paths(tmp_path / "nowhere")


def test_texts_lose_their_mark_and_foreign_line_ends_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("\ufeff甲\r\n乙 \u3000\r丙\n".encode())
    assert read_text(path) == "甲\n乙 \u3000\n丙\n"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="not readable as UTF-8"):
        read_text(path)
