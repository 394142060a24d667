"""The rules' reading is complete: records only write down what it holds, under the rules' outline or another one."""

from __future__ import annotations

from planted import notice

from extractor.notice.assemble import assemble
from extractor.notice.reading import Reading, read_by_rules, read_measure
from extractor.text.folding import fold
from extractor.text.places import Place

TEXT = notice(
    "(一)内部管理方面",
    "1.关于“库房资金失管”问题的整改。(已完成)",
    "一是加强清点。县财政局于2024年3月5日印发《库房办法》《库房办法》,清点３次、3月5日再清点,约谈2人。",
    "二是正在建设新库。",
)


def _reading() -> Reading:
    return read_by_rules(fold(TEXT))


def test_issues_and_measures_are_judged_in_the_reading() -> None:
    [issue] = _reading().issues
    assert (issue.category, issue.status) == ("public_finance", "completed")
    assert [(measure.types, measure.status) for measure in issue.measures] == [
        (["accountability", "regulation"], "completed"),
        (["construction"], "in_progress"),
    ]
    [first, _] = issue.measures
    assert first.heading is not None
    assert TEXT[slice(*first.heading)] == "加强清点"
    assert [TEXT[slice(*place)] for place in first.organizations] == ["县财政局"]


def test_a_measure_has_a_document_and_a_date_once_and_a_notice_each_time() -> None:
    reading = _reading()
    facts = reading.issues[0].measures[0].facts
    assert (len(facts.documents), len(facts.dates)) == (1, 1)
    assert len(reading.facts.documents) == 2
    assert [date.value for date in reading.facts.dates].count("2024-03-05") == 2


def test_quoted_fields_are_as_printed() -> None:
    text = TEXT.replace("(", "\uff08").replace("2024", "２０２４")
    reading = read_by_rules(fold(text))
    record = assemble(reading, "a")
    for name, found in reading.fields.items():
        if not name.startswith("contact."):
            assert getattr(record, name) == found.value


def test_another_outline_gives_a_complete_reading_of_the_same_facts() -> None:
    reading = _reading()
    [issue] = reading.outline.issues
    second = issue.measures[1]
    outline = reading.outline._replace(issues=(issue._replace(measures=(second,)),))
    other = reading.with_outline(outline)
    assert other.facts == reading.facts
    assert [measure.outline for read in other.issues for measure in read.measures] == [second]
    assert other.issues[0].measures[0] == reading.issues[0].measures[1]
    assert other.issues[0].status == "completed"
    assert reading.with_outline(reading.outline) == reading


def test_a_stretch_is_read_as_a_measure() -> None:
    start = TEXT.index("正在建设新库")
    measure = read_measure(fold(TEXT), Place(start, start + len("正在建设新库。")))
    assert measure == _reading().issues[0].measures[1]._replace(outline=measure.outline)
