"""``extractor.read``: a file or a text, by rules or with a model, in a line; ``aread`` the same in an event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from checkout import GOLD_NOTICES, ROOT
from cli_examples import NOTICE
from endpoint_example import settings
from fake_endpoint import Serving, serving

import extractor
from extractor.errors import InputError, SettingsError
from extractor.model_source import CallsSoFar

GOLD = sorted(GOLD_NOTICES.glob("*.txt"))


@pytest.fixture(scope="module")
def running() -> Iterator[Serving]:
    with serving("gold_answers:answer") as server:
        yield server


@pytest.fixture
def server(running: Serving) -> Serving:
    running.script()
    return running


class TestWhatIsRead:
    def test_a_text(self) -> None:
        found = extractor.read(NOTICE)
        assert (found.text, found.notice) == (NOTICE, extractor.extract(NOTICE))
        assert (found.failures, found.left_out, found.asked) == ((), (), None)

    def test_a_text_of_one_line(self) -> None:
        assert extractor.read("今天天气很好。").text == "今天天气很好。"
        assert extractor.read("").notice.issues == []

    @pytest.mark.parametrize("kind", [str, Path])
    def test_a_file(self, kind: type[str | Path], tmp_path: Path) -> None:
        file = tmp_path / "某镇.html"
        file.write_text(f"<html><body><p>{NOTICE}</p><del>9人</del></body></html>", encoding="utf-8")
        found = extractor.read(kind(file))
        assert found.notice.notice_id == "某镇"
        assert [entry.kind for entry in found.left_out] == ["struck"]
        assert extractor.read(kind(file), notice_id="another").notice.notice_id == "another"

    @pytest.mark.parametrize("name", ["nothing.docx", Path("nothing"), "old.doc"])
    def test_a_file_that_is_not_there(self, name: str | Path) -> None:
        with pytest.raises(InputError, match=r"nothing|old\.doc"):
            extractor.read(name)

    def test_a_folder(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="is a folder"):
            extractor.read(tmp_path)

    def test_in_an_event_loop(self) -> None:
        async def both() -> tuple[extractor.ReadNotice, extractor.ReadNotice]:
            one, other = await asyncio.gather(extractor.aread(NOTICE), extractor.aread(GOLD[0], lang="en"))
            return one, other

        assert asyncio.run(both()) == (extractor.read(NOTICE), extractor.read(GOLD[0], lang="en"))


class TestWithAModel:
    def test_one_that_is_named(self, server: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("OPENAI_API_KEY", "k")
        found = extractor.read(GOLD[0], model="gold", base_url=server.base_url)
        assert found.failures == []
        assert found.asked is not None and found.asked["requests"] == len(server.log())
        assert "both" in found.notice.issues[0].read_by.values()

    def test_complete_settings_and_a_cache(self, server: Serving, tmp_path: Path) -> None:
        how = settings(server)
        first = extractor.read(GOLD[0], model=how, cache=tmp_path)
        asked = len(server.log())
        again = extractor.read(GOLD[0], model=how, cache=tmp_path)
        assert again.notice == first.notice
        assert len(server.log()) == asked

    def test_in_an_event_loop(self, server: Serving) -> None:
        async def all_of_them() -> list[extractor.ReadNotice]:
            return await asyncio.gather(*(extractor.aread(path, model=settings(server)) for path in GOLD))

        found = asyncio.run(all_of_them())
        assert [each.notice for each in found] == [extractor.read(path, model=settings(server)).notice for path in GOLD]

    def test_it_is_never_asked_unless_named(self, server: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in {"BASE_URL": server.base_url, "MODEL": "gold", "API_KEY": "k"}.items():
            monkeypatch.setenv(f"OPENAI_{name}", value)
        assert extractor.read(NOTICE).asked is None
        assert server.log() == []

    def test_in_an_event_loop_the_other_way_is_named(self, server: Serving) -> None:
        async def in_a_notebook() -> extractor.ReadNotice:
            return extractor.read(NOTICE, model=settings(server))

        with pytest.raises(RuntimeError, match=r"use await extractor\.aread"):
            asyncio.run(in_a_notebook())

    @pytest.mark.parametrize("more", [{"base_url": "http://127.0.0.1:9/v1"}, {"finds_issues": True}])
    def test_an_endpoint_without_a_model_is_a_mistake(self, more: dict[str, object]) -> None:
        with pytest.raises(SettingsError, match="no model is named"):
            extractor.read(NOTICE, **more)  # type: ignore[arg-type]

    def test_a_model_without_an_endpoint_is_a_mistake(self) -> None:
        with pytest.raises(SettingsError, match="no endpoint is set"):
            extractor.read(NOTICE, model="gold")


class TestProgress:
    def test_each_call_is_told_as_it_begins_and_ends(self, server: Serving) -> None:
        told: list[tuple[str, CallsSoFar]] = []
        found = extractor.read(NOTICE, model=settings(server), notice_id="a", on_call=lambda *each: told.append(each))
        assert found.asked is not None
        calls = found.asked["calls"]
        assert {name for name, _ in told} == {"a"}
        assert [each.begun + each.ended for _, each in told] == list(range(1, 2 * calls + 1))
        assert told[-1][1] == (calls, calls)

    def test_of_many_with_the_notice(self, server: Serving) -> None:
        told: list[str] = []
        inputs = {"a": NOTICE, "b": NOTICE}
        found = list(extractor.read_all(inputs, model=settings(server), on_call=lambda name, _: told.append(name)))
        assert [each.error for each in found] == ["", ""]
        assert set(told) == {"a", "b"}

    def test_the_rules_call_nobody(self) -> None:
        assert extractor.read(NOTICE, on_call=lambda *_: pytest.fail("a call")).failures == ()


class TestMany:
    def test_files_texts_and_bytes_by_rules(self, tmp_path: Path) -> None:
        (tmp_path / "folder").mkdir()
        for place in (tmp_path / "甲.txt", tmp_path / "folder" / "乙.txt"):
            place.write_text(NOTICE, encoding="utf-8")
        texts: list[str | bytes] = [NOTICE, NOTICE.encode("gb18030")]
        inputs = [tmp_path / "甲.txt", *texts, tmp_path / "folder", "nothing.docx"]
        told: list[extractor.FinishedNotice] = []
        found = list(extractor.read_all(inputs, lang="en", on_notice=told.append))
        assert told == found
        found.sort(key=lambda each: each.number)
        assert [each.notice and each.notice.notice_id for each in found] == ["甲", "notice", "notice~2", "乙", None]
        assert [each.read and each.read.text for each in found] == [NOTICE] * 4 + [None]
        assert [each.error for each in found[:4]] == [""] * 4
        assert "nothing.docx" in found[4].error

    def test_a_mapping_says_the_ids(self) -> None:
        found = list(extractor.read_all({"a": NOTICE, "b": ""}))
        assert {each.name: each.notice and each.notice.notice_id for each in found} == {"a": "a", "b": "b"}

    def test_nothing(self) -> None:
        assert list(extractor.read_all([])) == []

    def test_with_a_model_as_one_by_one(self, server: Serving, tmp_path: Path) -> None:
        many = extractor.read_all(GOLD[:2], model=settings(server), cache=tmp_path)
        one_by_one = [extractor.read(path, model=settings(server), cache=tmp_path) for path in GOLD[:2]]
        found = sorted(many, key=lambda each: each.number)
        assert [each.notice for each in found] == [each.notice for each in one_by_one]

    def test_what_is_finished_comes_first_and_a_loop_that_is_left_stops_the_rest(self, server: Serving) -> None:
        server.script(rate=1.0, kinds=({"kind": "stall", "seconds": 300},))
        inputs = [NOTICE, "nothing.docx"]
        with closing(extractor.read_all(inputs, model=settings(server, timeout=600.0))) as many:
            first = next(many)
            assert (first.number, first.read) == (1, None)
        assert "extractor" not in {thread.name for thread in threading.enumerate()}

    def test_in_an_event_loop(self, server: Serving) -> None:
        async def all_of_them() -> list[extractor.FinishedNotice]:
            return [each async for each in extractor.aread_all(GOLD[:2], model=settings(server))]

        found = sorted(asyncio.run(all_of_them()), key=lambda each: each.number)
        assert [each.name for each in found] == [str(path) for path in GOLD[:2]]
        assert all(each.notice and each.notice.read_by is not None for each in found)

    def test_in_an_event_loop_the_other_way_is_named(self) -> None:
        async def in_a_notebook() -> None:
            list(extractor.read_all([NOTICE]))

        with pytest.raises(RuntimeError, match="aread_all"):
            asyncio.run(in_a_notebook())

    def test_the_example_of_the_docs(
        self, server: Serving, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        marked = "<!-- tried in tests/process/test_library.py -->\n```python\n"
        code = (ROOT / "docs/library.md").read_text(encoding="utf-8").partition(marked)[2].partition("```")[0]
        (tmp_path / "notices").mkdir()
        (tmp_path / "notices" / "乙.txt").write_text(NOTICE, encoding="utf-8")
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("EXTRACTOR_MODE", "json_schema")
        exec(code.replace("http://127.0.0.1:8000/v1", server.base_url), {})
        assert capsys.readouterr().out.startswith("notices/乙.txt 2 issues")
