"""``extractor.read``: a file or a text, by rules or with a model, in a line; ``aread`` the same in an event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from checkout import GOLD_NOTICES
from cli_examples import NOTICE
from endpoint_example import settings
from fake_endpoint import Serving, serving

import extractor
from extractor.errors import InputError, SettingsError

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
            return await asyncio.gather(extractor.aread(NOTICE), extractor.aread(GOLD[0], lang="en"))

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

    @pytest.mark.parametrize("more", [{"base_url": "http://127.0.0.1:9/v1"}, {"finds_issues": True}])
    def test_an_endpoint_without_a_model_is_a_mistake(self, more: dict[str, object]) -> None:
        with pytest.raises(SettingsError, match="no model is named"):
            extractor.read(NOTICE, **more)  # type: ignore[arg-type]

    def test_a_model_without_an_endpoint_is_a_mistake(self) -> None:
        with pytest.raises(SettingsError, match="no endpoint is set"):
            extractor.read(NOTICE, model="gold")
