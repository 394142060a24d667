"""A place of a storage, which has no locks, is written by one job alone; any file system of Arrow stands for it."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("pyarrow")

from extractor.cluster import storage_hold
from extractor.cluster.remote_files import StoragePlace, place_of
from extractor.cluster.storage_hold import held_storage
from extractor.errors import InputError, OutputError, SettingsError


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in {"_BEAT": 0.02, "_DEAD": 0.2, "_SECOND": 0.01}.items():
        monkeypatch.setattr(storage_hold, name, seconds)


@pytest.fixture
def place(tmp_path: Path) -> StoragePlace:
    return place_of(str(tmp_path / "out"))


def test_the_second_job_is_refused_while_the_first_lives(place: StoragePlace) -> None:
    with held_storage(place) as is_ours:
        is_ours()
        with pytest.raises(SettingsError, match="another job is writing there"), held_storage(place):
            pass
        is_ours()
    assert [path.name for path in Path(place.path).rglob("*") if path.is_file()] == [".notice-extractor"]
    with held_storage(place):
        pass


def test_a_job_that_died_is_passed_over(place: StoragePlace, tmp_path: Path) -> None:
    signs = tmp_path / "out" / ".jobs"
    with held_storage(place):
        kept = {path.name: path.read_bytes() for path in signs.iterdir()}
    for name, data in kept.items():  # as it is left by a kill
        (signs / name).write_bytes(data)
    with held_storage(place) as is_ours:
        is_ours()
        assert not set(kept) & {path.name for path in signs.iterdir()}


def test_a_job_that_was_taken_for_dead_ends(place: StoragePlace, tmp_path: Path) -> None:
    with held_storage(place) as is_ours:
        for path in (tmp_path / "out" / ".jobs").iterdir():
            path.unlink(missing_ok=True)
        with pytest.raises(OutputError, match="another job took over there"):
            is_ours()


def test_what_is_something_else_is_refused(place: StoragePlace, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.doc").write_bytes(b"")
    with pytest.raises(SettingsError, match=r"is not a folder of datasets, it holds mine\.doc"), held_storage(place):
        pass
    (tmp_path / "out" / ".notice-extractor").write_bytes(b'{"kind": "run", "version": 1}')
    with pytest.raises(SettingsError, match="is a run's folder, not a folder of datasets"), held_storage(place):
        pass


def test_a_key_in_an_address_is_refused_and_not_shown() -> None:
    with pytest.raises(InputError, match="the address holds a key") as told:
        place_of("s3://AKIA:geheim@bucket/in")
    assert "geheim" not in str(told.value)


def test_options_of_an_address_stay_behind_it(tmp_path: Path) -> None:
    place = StoragePlace("s3://bucket/out?region=cn-north-1", place_of(str(tmp_path)).system, "bucket/out")
    assert place.inner("a", "b").name == "s3://bucket/out/a/b?region=cn-north-1"
