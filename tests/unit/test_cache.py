"""The answer cache: what it keeps, what it refuses, whom it lets in."""

from __future__ import annotations

import os
import sqlite3
import stat
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from answer_examples import key, record
from pydantic import ValidationError

from extractor.endpoint.answer_records import FlawedRecordError, read_record
from extractor.endpoint.cache import (
    FOLDER_VARIABLE,
    SMALLEST_SIZE_LIMIT,
    AnswerCache,
    DamagedCacheError,
    default_folder,
    discard_database,
)
from extractor.errors import AnswerError, BugError, OutputError, SettingsError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "below" / "cache"


@pytest.fixture
def cache(folder: Path) -> Iterator[AnswerCache]:
    with AnswerCache(folder) as opened:
        yield opened


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def edit(folder: Path, statement: str, *values: object) -> None:
    with sqlite3.connect(folder / "cache.db") as database:
        assert database.execute(statement, values).rowcount
    database.close()


class TestAnswers:
    def test_come_back_as_they_were_put(self, cache: AnswerCache) -> None:
        contents = ('{"a":"问题"}', "```json\n{}\n```\u2028", '"half \\ud800"\ud800', "x" * 300_000)
        for name, content in enumerate(contents):
            cache.put(key(name), record(content))
            assert cache.get(key(name)) == record(content)
        assert cache.get(key("another")) is None

    def test_outlast_the_process_that_put_them(self, folder: Path, cache: AnswerCache) -> None:
        cache.put(key(1), record())
        with AnswerCache(folder) as another:
            assert another.get(key(1), "labels") == record()
            assert (list(another), len(another)) == ([key(1)], 1)

    def test_the_last_one_put_counts(self, cache: AnswerCache) -> None:
        cache.put(key(1), record("{}"))
        cache.put(key(1), record("[]"))
        assert cache.get(key(1)) == record("[]")
        assert len(cache) == 1

    def test_cannot_be_changed(self, cache: AnswerCache) -> None:
        cache.put(key(1), record())
        found = cache.get(key(1))
        assert found is not None
        with pytest.raises(TypeError):
            found.usage["prompt"] = 0  # type: ignore[index]
        with pytest.raises(ValidationError):
            found.content = "{}"
        assert cache.get(key(1)) == record()

    def test_are_removed_one_by_one_or_all(self, cache: AnswerCache) -> None:
        for name in range(250):
            cache.put(key(name), record())
        assert cache.remove(key(0))
        assert not cache.remove(key(0))
        assert list(cache) == sorted(key(name) for name in range(1, 250))
        assert cache.clear() == 249
        assert list(cache) == []

    @pytest.mark.parametrize("reason", ["length", "content_filter", "LENGTH", "max_tokens", "abort", "error"])
    def test_that_are_cut_short_or_refused_are_not_kept(self, cache: AnswerCache, reason: str) -> None:
        with pytest.raises(AnswerError, match=f"finish_reason {reason.lower()}"):
            cache.put(key(1), record(finish_reason=reason))
        assert cache.get(key(1)) is None

    @pytest.mark.parametrize("content", ["", " \n", "x" * 4_000_001])
    def test_that_are_empty_or_endless_are_not_kept(self, cache: AnswerCache, content: str) -> None:
        with pytest.raises(AnswerError, match="is not kept"):
            cache.put(key(1), record(content))

    @pytest.mark.parametrize("reason", ["stop", "tool_calls", "function_call", None, "eos_token"])
    def test_end_in_many_ways(self, cache: AnswerCache, reason: str | None) -> None:
        cache.put(key(1), record(finish_reason=reason))
        assert cache.get(key(1)) == record(finish_reason=reason)

    @pytest.mark.parametrize(
        ("wrong", "fault"),
        [
            ({"task": "a\nb"}, "task"),
            ({"model": "m" * 301}, "model"),
            ({"mode": None}, "mode"),
            ({"prompt_version": 3}, "prompt_version"),
            ({"content": {"a": 1}}, "content"),
            ({"content": b"{}"}, "content"),
            ({"finish_reason": 1}, "finish_reason"),
            ({"usage": {"prompt": -1}}, "usage"),
            ({"usage": {"prompt": "many"}}, "usage"),
            ({"usage": None}, "usage"),
            ({"headers": {"Authorization": "Bearer planted"}}, "fields that no answer has"),
        ],
    )
    def test_hold_their_fields_and_no_other(self, wrong: dict[str, object], fault: str) -> None:
        with pytest.raises(FlawedRecordError, match=fault) as raised:
            read_record({**record().json_fields(), **wrong})
        assert "planted" not in str(raised.value)
        assert raised.value.__context__ is None

    @pytest.mark.parametrize("no_key", ["", "a", key(1).upper(), key(1) + "\n", "g" * 64])
    def test_need_a_proper_key(self, cache: AnswerCache, no_key: str) -> None:
        with pytest.raises(BugError, match="no key"):
            cache.put(no_key, record())


class TestDamage:
    """A damaged row reads as none, and the next answer mends it."""

    @pytest.mark.parametrize(
        "value",
        [
            None,
            3,
            "text",
            b"",
            b"{}",
            zlib.compress(b"{"),
            zlib.compress(b"[]"),
            zlib.compress(b'{"task":"labels"}'),
            zlib.compress(b"[" * 100_000),
            zlib.compress(b"\xff"),
            zlib.compress(b" " * (65 * 2**20)),
        ],
    )
    def test_of_a_value(self, folder: Path, cache: AnswerCache, value: object) -> None:
        cache.put(key(1), record())
        edit(folder, "UPDATE Cache SET value = ?", value)
        assert cache.get(key(1)) is None
        cache.put(key(1), record())
        assert cache.get(key(1)) == record()

    def test_of_any_byte(self, folder: Path, cache: AnswerCache) -> None:
        cache.put(key(1), record())
        with sqlite3.connect(folder / "cache.db") as database:
            ((value,),) = database.execute("SELECT value FROM Cache").fetchall()
            for at in range(len(value)):
                damaged = value[:at] + bytes([value[at] ^ 1]) + value[at + 1 :]
                database.execute("UPDATE Cache SET value = ?", (damaged,))
                database.commit()
                assert cache.get(key(1)) in (None, record())  # the header has bits without a meaning
                database.execute("UPDATE Cache SET value = ?", (value[:at],))
                database.commit()
                assert cache.get(key(1)) is None
        database.close()

    def test_of_a_row_that_holds_what_is_never_kept(self, folder: Path, cache: AnswerCache) -> None:
        cache.put(key(1), record())
        for bad in ('"finish_reason": "length"', '"finish_reason": "content_filter"'):
            with sqlite3.connect(folder / "cache.db") as database:
                ((value,),) = database.execute("SELECT value FROM Cache").fetchall()
                raw = zlib.decompress(value).replace(b'"finish_reason": "stop"', bad.encode())
                database.execute("UPDATE Cache SET value = ?", (zlib.compress(raw),))
            database.close()
            assert cache.get(key(1)) is None
            cache.put(key(1), record())

    def test_of_a_key(self, folder: Path, cache: AnswerCache) -> None:
        for name in range(3):
            cache.put(key(name), record())
        edit(folder, "UPDATE Cache SET key = 'x' WHERE key = ?", key(0))
        edit(folder, "UPDATE Cache SET key = 7 WHERE key = ?", key(1))
        assert list(cache) == [key(2)]
        assert [cache.get(key(name)) for name in range(3)] == [None, None, record()]

    def test_of_the_whole_database_is_told_and_can_be_cleared(self, folder: Path) -> None:
        with AnswerCache(folder) as cache:
            cache.put(key(1), record())
        (folder / "cache.db").write_bytes(b"no database " * 1000)
        with pytest.raises(DamagedCacheError, match="is damaged; remove it with: cache clear"):
            AnswerCache(folder)
        discard_database(folder)
        with AnswerCache(folder) as cache:
            assert list(cache) == []

    @pytest.mark.parametrize("statement", ["DELETE FROM Settings WHERE key = 'x'", "DROP TABLE Settings"])
    def test_of_the_settings(self, folder: Path, statement: str) -> None:
        with AnswerCache(folder) as cache:
            cache.put(key(1), record())
        with sqlite3.connect(folder / "cache.db") as database:
            database.execute("INSERT INTO Settings VALUES ('disk_compress_level', 'x'), ('disk_other', 1)")
            database.execute("UPDATE Settings SET value = 1 WHERE key IN ('statistics', 'disk_min_file_size')")
            database.execute("UPDATE Settings SET value = 'none' WHERE key = 'eviction_policy'")
            database.execute(statement)
        database.close()
        with AnswerCache(folder, SMALLEST_SIZE_LIMIT) as cache:
            assert cache.get(key(1)) == record()

    def test_of_tables_while_the_cache_is_open(self, folder: Path, cache: AnswerCache) -> None:
        cache.put(key(1), record())
        with sqlite3.connect(folder / "cache.db") as database:
            database.execute("DROP TABLE Cache")
        database.close()
        assert cache.get(key(1)) is None
        with pytest.raises(OutputError, match="cannot be written"):
            cache.put(key(1), record())
        with pytest.raises(DamagedCacheError):
            list(cache)


class TestFolder:
    def test_may_be_named_by_the_environment(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "named"))
        assert default_folder() == tmp_path / "named"

    @pytest.mark.parametrize("named", [None, ""])
    def test_is_among_the_users_caches(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str | None
    ) -> None:
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
        monkeypatch.setenv(FOLDER_VARIABLE, named or "")
        if named is None:
            monkeypatch.delenv(FOLDER_VARIABLE)
        assert default_folder().parts[-2:] == ("notice-extractor", "answers")

    def test_that_is_a_file_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        for path in (tmp_path / "file", tmp_path / "file" / "below"):
            with pytest.raises(SettingsError, match=r"file.*choose another folder"):
                AnswerCache(path)

    def test_of_other_things_is_refused_and_left_alone(self, tmp_path: Path) -> None:
        (tmp_path / "thesis.txt").touch()
        tmp_path.chmod(0o755)
        with pytest.raises(SettingsError, match=r"other files \(thesis\.txt\)"):
            AnswerCache(tmp_path)
        assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
        assert mode_of(tmp_path) == 0o755

    def test_that_diskcache_would_take_for_another_is_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("WHERE", "elsewhere")
        with pytest.raises(SettingsError, match="names a variable"):
            AnswerCache(tmp_path / "$WHERE")
        assert list(tmp_path.iterdir()) == []

    def test_is_bounded(self, folder: Path) -> None:
        with pytest.raises(SettingsError, match="too small"):
            AnswerCache(folder, 1000)
        with AnswerCache(folder, SMALLEST_SIZE_LIMIT) as cache:
            for name in range(400):
                cache.put(key(name), record(os.urandom(10_000).hex()))  # does not pack well: 4 MB in all
                assert cache.size() <= SMALLEST_SIZE_LIMIT + 100_000
            assert cache.get(key(0)) is None
            assert cache.get(key(399)) is not None
            assert 20 < len(cache) < 200
        with AnswerCache(folder) as cache:  # the limit stays until another is set
            for name in range(400, 500):
                cache.put(key(name), record(os.urandom(10_000).hex()))
            assert cache.size() <= SMALLEST_SIZE_LIMIT + 100_000


@pytest.mark.skipif(os.name != "posix", reason="modes of files")
class TestPrivacy:
    @pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
    def test_folder_and_files_are_for_their_owner_alone(self, folder: Path, umask: int) -> None:
        before = os.umask(umask)
        try:
            with AnswerCache(folder) as cache:
                cache.put(key(1), record("x" * 100_000))
                found = sorted(folder.rglob("*"))
                modes = {mode_of(path) for path in found}
        finally:
            os.umask(before)
        assert [path.name for path in found] == ["cache.db", "cache.db-shm", "cache.db-wal"]
        assert modes == {0o600}
        assert mode_of(folder) == 0o700

    @pytest.mark.parametrize("mode", [0o755, 0o777])
    def test_an_empty_folder_is_closed(self, tmp_path: Path, mode: int) -> None:
        tmp_path.chmod(mode)
        AnswerCache(tmp_path).close()
        assert mode_of(tmp_path) == 0o700

    def test_a_cache_that_others_could_read_is_closed(self, folder: Path) -> None:
        with AnswerCache(folder) as cache:
            cache.put(key(1), record())
        folder.chmod(0o755)
        (folder / "cache.db").chmod(0o644)
        with AnswerCache(folder) as cache:
            assert cache.get(key(1)) == record()
        assert (mode_of(folder), mode_of(folder / "cache.db")) == (0o700, 0o600)

    @pytest.mark.parametrize("mode", [0o770, 0o702])
    def test_a_cache_that_others_could_write_is_refused(self, folder: Path, mode: int) -> None:
        AnswerCache(folder).close()
        folder.chmod(mode)
        with pytest.raises(SettingsError, match=r"others can write there.*chmod 700"):
            AnswerCache(folder)
        assert mode_of(folder) == mode

    def test_a_database_that_is_a_link_is_refused(self, folder: Path, tmp_path: Path) -> None:
        folder.mkdir(parents=True, mode=0o700)
        (tmp_path / "elsewhere").write_bytes(b"")
        (tmp_path / "elsewhere").chmod(0o644)
        (folder / "cache.db").symlink_to(tmp_path / "elsewhere")
        with pytest.raises(SettingsError, match="no ordinary file"):
            AnswerCache(folder)
        assert mode_of(tmp_path / "elsewhere") == 0o644

    @pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root gives folders away")
    def test_another_users_folder_is_refused(self, folder: Path) -> None:
        AnswerCache(folder).close()
        os.chown(folder, 1, 1)
        with pytest.raises(SettingsError, match="belongs to another user"):
            AnswerCache(folder)
