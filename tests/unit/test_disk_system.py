"""What Windows and macOS do otherwise, played by substitutes for the functions they answer with."""

from __future__ import annotations

import errno
import fcntl
import os
import socket
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from extractor.disk import system
from extractor.disk.whole import is_temporary, sweep, write_texts, written_whole
from extractor.errors import OutputError
from extractor.files.notice_ids import notice_ids
from extractor.files.sources.source import Source

Patch = pytest.MonkeyPatch


def refusing(times: int, code: int, real: Callable[..., None]) -> tuple[Callable[..., None], list[int]]:
    """A function that the system refuses so many times, and the list of its calls."""
    calls: list[int] = []

    def function(*arguments: object, **named: object) -> None:
        calls.append(len(calls))
        if len(calls) <= times:
            raise OSError(code, os.strerror(code), str(arguments[0]))
        real(*arguments, **named)

    return function, calls


@pytest.fixture
def windows(monkeypatch: Patch) -> None:
    """Windows, as far as its functions go: waits take no time."""
    monkeypatch.setattr(system, "_IS_WINDOWS", True)
    monkeypatch.setattr(system, "_PAUSES", (0.0, 0.0, 0.0))


class TestReplacing:
    @pytest.mark.usefixtures("windows")
    def test_a_file_that_is_open_elsewhere_for_a_moment_is_replaced(self, tmp_path: Path, monkeypatch: Patch) -> None:
        function, calls = refusing(3, errno.EACCES, os.replace)
        monkeypatch.setattr(os, "replace", function)
        (tmp_path / "a").write_text("new")
        (tmp_path / "b").write_text("old")
        system.replace(tmp_path / "a", tmp_path / "b")
        assert (tmp_path / "b").read_text() == "new"
        assert len(calls) == 4

    @pytest.mark.usefixtures("windows")
    def test_one_that_stays_open_is_given_up(self, tmp_path: Path, monkeypatch: Patch) -> None:
        function, calls = refusing(100, errno.EACCES, os.replace)
        monkeypatch.setattr(os, "replace", function)
        (tmp_path / "b.txt").write_text("old")
        with (
            pytest.raises(OutputError, match=r"b\.txt: cannot be replaced \(.*\); close it in other programs"),
            written_whole([tmp_path / "b.txt"]) as (made,),
        ):
            made.write_text("new")
        assert len(calls) == 4
        assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]

    @pytest.mark.parametrize("code", [errno.EACCES, errno.ENOENT])
    def test_elsewhere_nothing_is_tried_twice(self, tmp_path: Path, code: int, monkeypatch: Patch) -> None:
        function, calls = refusing(100, code, os.replace)
        monkeypatch.setattr(os, "replace", function)
        with pytest.raises(OSError, match=os.strerror(code)):
            system.replace(tmp_path / "a", tmp_path / "b")
        assert len(calls) == 1


class TestLocking:
    @pytest.fixture
    def windows_lock(self, monkeypatch: Patch) -> None:
        """Windows' lock, done by another system's."""

        def locking(descriptor: int, mode: int, count: int) -> None:
            assert (mode, count) == (2, 1)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise OSError(errno.EDEADLK, "Resource deadlock avoided") from error

        monkeypatch.setattr(system, "_FCNTL", None)
        monkeypatch.setattr(system, "_MSVCRT", SimpleNamespace(LK_NBLCK=2, locking=locking))

    @pytest.mark.usefixtures("windows_lock")
    def test_without_fcntl_windows_own_is_used(self, tmp_path: Path) -> None:
        with system.open_lock(tmp_path / "lock") as one, system.open_lock(tmp_path / "lock") as other:
            assert (system.lock(one), system.lock(other)) == ("taken", "busy")

    @pytest.mark.usefixtures("windows_lock")
    def test_writers_see_each_other_there(self, tmp_path: Path) -> None:
        with written_whole([tmp_path / "a"]) as (made,):
            sweep(tmp_path)
            made.write_text("a")
        assert (tmp_path / "a").read_text() == "a"

    @pytest.mark.parametrize("code", [errno.ENOLCK, errno.ENOTSUP])
    def test_where_there_are_no_locks_nothing_is_taken_for_a_leftover(
        self, tmp_path: Path, code: int, monkeypatch: Patch
    ) -> None:
        function, _ = refusing(100, code, lambda: None)
        monkeypatch.setattr(
            system, "_FCNTL", SimpleNamespace(flock=function, LOCK_EX=fcntl.LOCK_EX, LOCK_NB=fcntl.LOCK_NB)
        )
        with written_whole([tmp_path / "a"]) as (made,):
            made.write_text("a")
            with written_whole([tmp_path / "b"]) as (other,):
                other.write_text("b")
        assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]

    def test_an_open_file_that_windows_will_not_remove_is_closed_first(
        self, tmp_path: Path, monkeypatch: Patch
    ) -> None:
        path = tmp_path / "lock"
        file = system.create(path)
        real = os.unlink

        def unlink(name: str | Path, **named: int) -> None:
            if not file.closed:
                raise PermissionError(errno.EACCES, "The process cannot access the file", str(name))
            real(name, **named)

        monkeypatch.setattr(os, "unlink", unlink)
        system.remove_open(file, path)
        assert not path.exists()


class TestSyncing:
    def test_a_folder_that_cannot_be_opened_is_no_error(self, tmp_path: Path, monkeypatch: Patch) -> None:
        real = os.open

        def no_folders(path: str | Path, flags: int, mode: int = 0o777, **named: int | None) -> int:
            if flags & os.O_DIRECTORY:
                raise PermissionError(errno.EACCES, "Permission denied", str(path))
            return real(path, flags, mode, **named)

        monkeypatch.setattr(os, "open", no_folders)
        write_texts({tmp_path / "a": "1", tmp_path / "b": "2"}, within=tmp_path)
        assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]

    def test_macos_is_asked_to_empty_the_drives_memory(self, tmp_path: Path, monkeypatch: Patch) -> None:
        asked: list[int] = []
        function = SimpleNamespace(F_FULLFSYNC=51, fcntl=lambda _, what: asked.append(what))
        monkeypatch.setattr(system, "_FCNTL", function)
        with system.create(tmp_path / "a") as file:
            system.sync(file)
        assert asked == [51]

    def test_a_drive_that_does_not_know_it_is_synced_as_elsewhere(self, tmp_path: Path, monkeypatch: Patch) -> None:
        function, calls = refusing(1, errno.ENOTSUP, lambda: None)
        synced: list[int] = []
        monkeypatch.setattr(system, "_FCNTL", SimpleNamespace(F_FULLFSYNC=51, fcntl=function))
        monkeypatch.setattr(os, "fsync", synced.append)
        with system.create(tmp_path / "a") as file:
            system.sync(file)
        assert (len(calls), len(synced)) == (1, 1)


class TestNames:
    def test_files_without_second_names_are_copied_before_they_are_replaced(
        self, tmp_path: Path, monkeypatch: Patch
    ) -> None:
        """As on drives that several systems share (exFAT); a failure is undone there, too."""
        for name in ("a", "b"):
            (tmp_path / name).write_text("old")
        linking, _ = refusing(100, errno.EPERM, os.link)
        monkeypatch.setattr(os, "link", linking)
        real = os.replace

        def replace(source: str | Path, target: str | Path) -> None:
            if Path(target) == tmp_path / "b":
                raise PermissionError(errno.EACCES, "Permission denied", str(source), None, str(target))
            real(source, target)

        monkeypatch.setattr(os, "replace", replace)
        with pytest.raises(OutputError, match="/b: cannot be replaced"):
            write_texts({tmp_path / "a": "new", tmp_path / "b": "new"}, within=tmp_path)
        assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a": "old", "b": "old"}

    def test_a_junction_is_a_link(self, tmp_path: Path, monkeypatch: Patch) -> None:
        found = SimpleNamespace(st_mode=0o40755, st_reparse_tag=0xA000_0003)  # of a mount point
        monkeypatch.setattr(Path, "lstat", lambda _: found)
        assert system.kind(tmp_path) == "link"
        found.st_reparse_tag = 0x9000_001A  # of a file that a cloud keeps
        assert system.kind(tmp_path) == "folder"

    def test_ids_differ_where_case_and_composition_do_not_count(self) -> None:
        sources = [Source(name) for name in ("A.txt", "b/a.txt", "c/\u00e9.txt", "d/e\u0301.txt", "CON.txt", "aux.htm")]
        ids = notice_ids(sources, lambda source: source.name.encode().hex().rjust(64, "0"))
        assert len({each.casefold() for each in ids}) == 6
        assert ids[4:] == ["_CON", "_aux"]


def test_what_stands_at_a_path_is_told_without_following_it(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path / "file")
    os.mkfifo(tmp_path / "pipe")
    here = os.open(".", os.O_RDONLY)
    os.chdir(tmp_path)  # a socket's path is short
    try:
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind("socket")
    finally:
        os.chdir(here)
        os.close(here)
    kinds = {path.name: system.kind(path) for path in tmp_path.iterdir()}
    assert kinds == {"file": "file", "link": "link", "pipe": "pipe", "socket": "socket"}
    assert system.kind(tmp_path) == "folder"
    assert system.kind(Path("/dev/null")) == "device"
    assert system.kind(tmp_path / "file" / "below") == "nothing"
    assert not any(is_temporary(name) for name in kinds)
