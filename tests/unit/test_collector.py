"""What lists of many notices need: made when nothing waits to be read, or before an answer that needs it; only once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from extractor.collection.kinship import kinships
from extractor.errors import InputError
from extractor.files.sources.source import Source
from extractor.pages.collected_notice import CollectedNotice, as_line, from_line
from extractor.pipeline import extract
from extractor.review.changes import Correct, Finish
from extractor.service.intake.offers import OfferedNotice
from extractor.service.store import collected_store, review_store
from extractor.service.store.collected_store import UncollectedNotice, collected
from extractor.service.store.database import Database, open_database
from extractor.service.store.deletion_store import Deletion, delete_notice
from extractor.service.store.fact_store import FactFilter, page_of_facts
from extractor.service.store.item_store import end_items
from extractor.service.store.kin_store import known_kinships, place
from extractor.service.store.notice_store import NoticeFilter, page_of_notices, signatures
from extractor.service.store.notice_summary import reading_of
from extractor.service.work import jobs
from extractor.service.work.collector import Collector

NOTICE = """{body}关于巡察整改进展情况的通报
{year}年3月1日至4月30日,县委第一巡察组对{body}开展了巡察。{year}年6月5日,巡察组反馈了意见。
一、整改进展情况
1.关于“违规发放津贴补贴”问题的整改。
一是区纪委给予党纪处分3人。二是追缴违规资金{money}元。
"""


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with open_database(tmp_path / "notices.sqlite") as found:
        yield found


def keep(database: Database, name: str, body: str = "青禾县松林镇党委", year: int = 2024, money: int = 1500) -> None:
    """Store a notice as the queue does, in whichever way it came."""
    text = NOTICE.format(body=body, year=year, money=money)
    accepted = jobs.accept(database, [OfferedNotice(Source(f"{name}.txt"), name, f"{name}-{money}")], "key", 10)
    (task,) = accepted.waiting
    end_items(database, "key", [(task.number, reading_of(text, extract(text, notice_id=task.notice_id)))])


class Processes:
    """Stands for the sandbox: collects here, and counts."""

    def __init__(self, *, fails_on: str = "") -> None:
        self.asked: list[str] = []
        self._fails_on = fails_on

    async def collect(self, notice: UncollectedNotice) -> CollectedNotice:
        self.asked.append(notice.notice_id)
        if notice.notice_id == self._fails_on:
            raise InputError("it takes more than 1 s")
        return from_line(as_line(collected(notice.record, notice.text)))


def collector(database: Database, processes: Processes, *, is_idle: bool) -> Collector:
    return Collector(database, processes, "zh", lambda: is_idle)  # type: ignore[arg-type]


def recovered(database: Database) -> float:
    found = page_of_facts(database, "sum", FactFilter(term="money_recovered"))
    return sum(value for _, _, value, _, _ in found.sums)


def test_whoever_asks_is_answered_when_all_that_are_stored_are_collected(database: Database) -> None:
    keep(database, "a", money=100)
    keep(database, "b", body="青禾县石桥镇党委", money=20)
    processes = Processes()
    asyncio.run(collector(database, processes, is_idle=False).finish())
    assert sorted(processes.asked) == ["a", "b"]
    assert recovered(database) == 120
    asyncio.run(collector(database, processes, is_idle=False).finish())
    assert sorted(processes.asked) == ["a", "b"]


def test_while_notices_wait_to_be_read_none_is_collected_unasked(database: Database) -> None:
    keep(database, "a")

    async def at_work(*, is_idle: bool) -> list[str]:
        processes = Processes()
        made = collector(database, processes, is_idle=is_idle)
        async with made.working():
            async with asyncio.timeout(20):
                while is_idle and collected_store.count_uncollected(database):
                    await asyncio.sleep(0)
            await asyncio.sleep(0)
        return processes.asked

    assert asyncio.run(at_work(is_idle=False)) == []
    assert asyncio.run(at_work(is_idle=True)) == ["a"]


def test_an_answer_without_a_maker_collects_what_is_missing_itself(database: Database) -> None:
    keep(database, "a", money=100)
    assert recovered(database) == 100
    keep(database, "b", body="青禾县石桥镇党委", money=20)
    assert recovered(database) == 120


def test_a_notice_read_anew_is_collected_anew(database: Database) -> None:
    keep(database, "a", money=100)
    assert recovered(database) == 100
    accepted = jobs.accept(database, [OfferedNotice(Source("a.txt"), "again", "a-100")], "another key", 10)
    text = NOTICE.format(body="青禾县松林镇党委", year=2024, money=30)
    read = reading_of(text, extract(text, notice_id="a"))
    end_items(database, "another key", [(accepted.waiting[0].number, read)])
    assert recovered(database) == 30
    assert [page_of_notices(database, NoticeFilter(query=f"{money}元"), limit=9).total for money in (100, 30)] == [0, 1]


def test_what_was_corrected_before_it_was_collected_is_counted_as_corrected(database: Database) -> None:
    keep(database, "a", money=100)
    change = Correct(op="correct", item="issues[0]", values={"category": "rural"})
    assert review_store.add_change(database, "a", "甲", change, 0)
    processes = Processes()
    asyncio.run(collector(database, processes, is_idle=False).finish())
    assert processes.asked == []
    assert page_of_facts(database, "issue", FactFilter(category="rural")).total == 1
    assert page_of_notices(database, NoticeFilter(query="追缴"), limit=9).total == 1


def test_what_takes_too_much_to_collect_is_a_doubt_and_the_others_are_counted(database: Database) -> None:
    keep(database, "a", money=100)
    keep(database, "b", body="青禾县石桥镇党委", money=20)
    asyncio.run(collector(database, Processes(fails_on="a"), is_idle=False).finish())
    assert recovered(database) == 20
    told = [fact for fact in page_of_facts(database, "check", FactFilter(notice="a")).facts if fact.term == "error"]
    assert [fact.data["check"]["message"] for fact in told] == ["清单和合计中没有本篇的内容，因为统计它超出了限度"]


def test_places_found_bit_by_bit_are_those_of_all_notices_together(database: Database) -> None:
    def check() -> None:
        place(database)
        ids = [each.notice_id for each in signatures(database, NoticeFilter())]
        assert known_kinships(database, ids) == kinships(signatures(database, NoticeFilter()))

    keep(database, "a")
    check()
    keep(database, "石桥", body="青禾县石桥镇党委")
    check()
    keep(database, "copy")
    keep(database, "earlier", year=2022)
    check()
    assert known_kinships(database, ["copy"])["copy"].duplicate_of == "a"
    assert review_store.add_change(database, "copy", "甲", Finish(op="finish"), 0)
    check()
    assert known_kinships(database, ["a"])["a"].duplicate_of == "copy"
    assert delete_notice(database, Deletion("copy")) == "deleted"
    check()
    assert known_kinships(database, ["a"])["a"].duplicate_of is None


def test_a_place_is_known_before_anything_is_collected(database: Database) -> None:
    keep(database, "a")
    keep(database, "copy")
    assert known_kinships(database, ["a", "copy", "none"]).keys() == {"a", "copy"}
    assert collected_store.count_uncollected(database) == 2
