"""No row of the cache, however edited, makes it run code, or read or delete a file."""

from __future__ import annotations

import os
import pickle
import sqlite3
from pathlib import Path

import diskcache
import pytest
from answer_examples import key, record

from extractor.endpoint.cache import SMALLEST_SIZE_LIMIT, AnswerCache
from extractor.endpoint.recording import export


class Trap:
    """Makes a file when it is unpickled."""

    def __init__(self, sprung: Path) -> None:
        self.sprung = sprung

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (str(self.sprung),)


@pytest.fixture
def sprung(tmp_path: Path) -> Path:
    return tmp_path / "sprung"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with AnswerCache(tmp_path / "cache") as cache:
        cache.put(key(1), record())
    return tmp_path / "cache"


def edit(folder: Path, statement: str, *values: object) -> None:
    with sqlite3.connect(folder / "cache.db") as database:
        assert database.execute(statement, values).rowcount == 1
    database.close()


def use(folder: Path, tmp_path: Path) -> None:
    """Do with a cache all that can be done; the edited row counts as missing throughout."""
    with AnswerCache(folder, SMALLEST_SIZE_LIMIT) as cache:
        assert cache.get(key(1)) is None
        list(cache)
        assert export(cache, tmp_path / "exported.jsonl").count == 0
        assert (tmp_path / "exported.jsonl").read_bytes() == b""
        for name in range(2, 80):
            cache.put(key(name), record(os.urandom(10_000).hex()))  # until the edited row is evicted
        cache.put(key(1), record())
        assert cache.get(key(1)) == record()
        cache.remove(key(1))
        cache.clear()


def test_the_trap_works(sprung: Path) -> None:
    pickle.loads(pickle.dumps(Trap(sprung)))
    assert sprung.is_dir()


def test_diskcaches_own_json_rows_would_spring_it(tmp_path: Path, sprung: Path) -> None:
    """Why the cache has rows of its own; once this fails, they may be given up."""
    with diskcache.Cache(str(tmp_path / "theirs"), disk=diskcache.JSONDisk) as theirs:
        theirs[key(1)] = record().json_fields()
        edit(tmp_path / "theirs", "UPDATE Cache SET mode = 4, value = ?", pickle.dumps(Trap(sprung)))
        with pytest.raises(TypeError):
            theirs.get(key(1))
    assert sprung.is_dir()


@pytest.mark.parametrize("mode", [0, 1, 2, 3, 4, 5, None, "4"])
def test_a_pickle_in_a_row(folder: Path, tmp_path: Path, sprung: Path, mode: object) -> None:
    edit(folder, "UPDATE Cache SET mode = ?, value = ?", mode, pickle.dumps(Trap(sprung)))
    use(folder, tmp_path)
    assert not sprung.exists()


@pytest.mark.parametrize("mode", [1, 2, 3, 4])
@pytest.mark.parametrize("place", ["ab/cd/0123456789abcdef0123456789ab.val", "../planted", "{tmp_path}/planted"])
def test_a_pickle_in_a_file_that_a_row_names(folder: Path, tmp_path: Path, sprung: Path, mode: int, place: str) -> None:
    place = place.format(tmp_path=tmp_path)
    planted = folder / place
    planted.parent.mkdir(parents=True, exist_ok=True)
    planted.write_bytes(pickle.dumps(Trap(sprung)))
    edit(folder, "UPDATE Cache SET mode = ?, filename = ?, value = NULL, size = 9", mode, place)
    if planted.is_relative_to(folder) and ".." not in place:
        with pytest.raises(Exception, match="holds other files"):
            AnswerCache(folder)
        hidden = folder / ".hidden"
        (folder / "ab").rename(hidden)
        edit(folder, "UPDATE Cache SET filename = ?", ".hidden/cd/0123456789abcdef0123456789ab.val")
        planted = hidden / "cd" / planted.name
    use(folder, tmp_path)
    assert not sprung.exists()
    assert planted.exists()  # neither read nor, when its row goes, deleted


def test_a_good_value_beside_a_file_name(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").touch()
    edit(folder, "UPDATE Cache SET filename = '../mine'")
    use(folder, tmp_path)
    assert (tmp_path / "mine").exists()


def test_a_pickle_as_a_key(folder: Path, tmp_path: Path, sprung: Path) -> None:
    edit(folder, "UPDATE Cache SET raw = 0, key = ?", pickle.dumps(Trap(sprung)))
    use(folder, tmp_path)
    assert not sprung.exists()


def test_a_key_marked_as_pickled(folder: Path, tmp_path: Path) -> None:
    edit(folder, "UPDATE Cache SET raw = 0")
    use(folder, tmp_path)


def test_settings_that_ask_for_pickles_and_files(folder: Path, sprung: Path) -> None:
    edit(folder, "UPDATE Settings SET value = 0 WHERE key = 'disk_min_file_size'")
    edit(folder, "UPDATE Settings SET value = ? WHERE key = 'disk_pickle_protocol'", pickle.dumps(Trap(sprung)))
    with AnswerCache(folder) as cache:
        cache.put(key(2), record("x" * 1_000_000))
        assert cache.get(key(2)) == record("x" * 1_000_000)
    assert not sprung.exists()
    assert [path.name for path in folder.iterdir()] == ["cache.db"]
