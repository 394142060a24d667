"""The parts of a report of many notices are the same whoever makes them, and none is left where they cannot be made."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_examples import NOTICE

from extractor import extract
from extractor.errors import InputError
from extractor.exports import written_notices
from extractor.exports.written_notices import RunFacts, WrittenNotice, WrittenRun
from extractor.pages import run_page
from extractor.pages.run_page import write_report
from extractor.processes import groups
from extractor.record.contract import Notice


def test_several_processes_make_the_same_parts_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(written_notices, "_GROUP", 1)
    monkeypatch.setattr(run_page, "MOST_TOGETHER", 6)
    notice = extract(NOTICE)
    many = [
        WrittenNotice(f"n{number}", _record(notice.model_copy(update={"notice_id": f"n{number}"})), NOTICE, run="out")
        for number in range(7)
    ]
    made = []
    for processors in (1, 2):
        monkeypatch.setattr(groups, "processors", lambda: processors)  # noqa: B023
        folder = tmp_path / str(processors)
        written = write_report(WrittenRun("out", lambda: iter(many), RunFacts()), folder / "a.html")
        assert (written.notices, sum(path.stat().st_size for path in folder.rglob("*.*"))) == (7, written.bytes)
        made.append({path.name: path.read_bytes() for path in folder.rglob("*.*")})
    assert made[0] == made[1]
    broken = [*many[:5], many[5]._replace(record=b"{}"), many[6]]
    with pytest.raises(InputError, match="out: the stored notice n5 breaks the contract"):
        write_report(WrittenRun("out", lambda: iter(broken), RunFacts()), tmp_path / "broken" / "a.html")
    assert list((tmp_path / "broken").iterdir()) == []


def _record(notice: Notice) -> bytes:
    return notice.model_dump_json().encode()
