"""Files written whole: what stands in the way, what fails half-way, what others left."""

from __future__ import annotations

import errno
import io
import json
import os
import resource
import stat
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import redirect_stderr
from pathlib import Path

import pytest
from cli_examples import NOTICE, Finished, command, command_apart, write

from extractor.cli import main
from extractor.disk.whole import is_temporary, sweep, temporary_name, write_file, written_whole
from extractor.errors import OutputError
from extractor.exports.exporter import files_of

Patch = pytest.MonkeyPatch


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run's folder."""
    path = tmp_path_factory.mktemp("run")
    write(path, a=NOTICE)
    assert command("run", "a.txt", "--backend", "rules", cwd=path).status == 0
    return path / "out"


def put(place: Path, what: str) -> None:
    """Put something at a path that is no ordinary file, and stands for ``elsewhere`` where it is a link."""
    if what == "link":
        (place.parent / "elsewhere").write_text("of somebody else")
        place.symlink_to(place.parent / "elsewhere")
    elif what == "dangling link":
        place.symlink_to(place.parent / "nowhere")
    else:
        os.mkfifo(place)


class TestOddTargets:
    @pytest.mark.parametrize("what", ["link", "dangling link", "pipe"])
    @pytest.mark.parametrize(
        ("of", "to", "target"),
        [("export", "a.xlsx", "a.xlsx"), ("export", "a.csv", "a-measures.csv"), ("report", "a.html", "a.html")],
    )
    def test_are_neither_replaced_nor_followed(
        self, out: Path, of: str, to: str, target: str, what: str, tmp_path: Path
    ) -> None:
        put(tmp_path / target, what)
        before = sorted((path.name, path.lstat().st_mode, path.lstat().st_mtime_ns) for path in tmp_path.iterdir())
        said = io.StringIO()
        with redirect_stderr(said):
            status = main([of, str(out), "--to", str(tmp_path / to)])
        kind = "a pipe" if what == "pipe" else "a symbolic link"
        told = f"error: {tmp_path / target}: is {kind}, which is not replaced; give the name of an ordinary file\n"
        assert (status, said.getvalue()) == (2, told)
        after = sorted((path.name, path.lstat().st_mode, path.lstat().st_mtime_ns) for path in tmp_path.iterdir())
        assert after == before

    def test_devices_too(self, out: Path, tmp_path: Path) -> None:
        done = command("report", out, "--to", "/dev/full", cwd=tmp_path)
        assert (done.status, done.err.count("is a device, which is not replaced")) == (2, 1)

    @pytest.mark.parametrize("name", ["notices.jsonl", "run.json", "texts/b.txt", ".work/b.json"])
    @pytest.mark.parametrize("what", ["link", "pipe"])
    def test_in_a_runs_folder(self, name: str, what: str, tmp_path: Path) -> None:
        write(tmp_path, a=NOTICE, b=NOTICE)
        assert command("run", "a.txt", "--backend", "rules", cwd=tmp_path).status == 0
        (tmp_path / "out" / name).unlink(missing_ok=True)
        put(tmp_path / "out" / name, what)
        done = command("run", "b.txt", "--backend", "rules", cwd=tmp_path)
        kind = "a pipe" if what == "pipe" else "a symbolic link"
        assert done.status == 1
        assert f"out/{name}: cannot be written (is {kind}, which is not replaced)" in done.err
        if what == "link":
            assert (tmp_path / "out" / name).parent.joinpath("elsewhere").read_text() == "of somebody else"

    def test_a_folder_of_a_run_that_leads_elsewhere(self, tmp_path: Path) -> None:
        write(tmp_path, a=NOTICE)
        assert command("run", "a.txt", "--backend", "rules", cwd=tmp_path).status == 0
        (tmp_path / "out" / "texts").rename(tmp_path / "mine")
        (tmp_path / "out" / "texts").symlink_to(tmp_path / "mine")
        done = command("run", "a.txt", "--backend", "rules", cwd=tmp_path)
        assert (done.status, "out/texts: is a symbolic link, which is not followed" in done.err) == (2, True)


class TestSeveralFiles:
    @pytest.mark.parametrize("failing", [0, 4, 9])
    @pytest.mark.parametrize("existed", [True, False])
    def test_are_put_back_when_one_cannot_take_its_place(
        self, failing: int, existed: bool, tmp_path: Path, monkeypatch: Patch
    ) -> None:
        targets = files_of(tmp_path / "a.csv")
        for target in targets if existed else ():
            target.write_text(f"old {target.name}")
        before = {path.name: path.read_text() for path in tmp_path.iterdir()}
        real = os.replace

        def replace(source: str | Path, target: str | Path) -> None:
            if Path(target) == targets[failing] and Path(source).parent.name == "new":
                raise PermissionError(errno.EACCES, "Permission denied", str(source), None, str(target))
            real(source, target)

        monkeypatch.setattr(os, "replace", replace)
        with (
            pytest.raises(OutputError, match=f"{targets[failing].name}: cannot be replaced .*; close it in other"),
            written_whole(targets) as made,
        ):
            for path in made:
                path.write_text("new")
        assert {path.name: path.read_text() for path in tmp_path.iterdir()} == before

    def test_what_is_full_is_named(self, out: Path, tmp_path: Path) -> None:
        """A disk that has room for each of the tables but the largest."""
        assert command("export", out, "--to", "a.csv", cwd=tmp_path).status == 0
        *_, (second, _), (_, largest) = sorted((path.stat().st_size, path.name) for path in tmp_path.iterdir())
        for path in tmp_path.iterdir():
            path.write_text("before")

        def limit() -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (second, second))

        done = command_apart("export", out, "--to", "a.csv", cwd=tmp_path, before=limit)
        assert done.status == 1
        assert done.err.startswith(f"error: {largest}: the disk is full; make room")
        assert {path.read_text() for path in tmp_path.iterdir()} == {"before"}

    def test_a_plan_is_not_carried_through_over_what_somebody_did_since(self, tmp_path: Path) -> None:
        """One file was replaced before the kill; of the rest one is as it was, one was changed, one came."""
        for name in ("done", "as it was", "changed"):
            (tmp_path / name).write_text("old")
        workplace = tmp_path / temporary_name("a")
        for part in ("new", "old"):
            (workplace / part).mkdir(parents=True)
        plan: list[tuple[str, list[int] | None]] = []
        for name in ("done", "as it was", "changed", "came", "absent", "../outside"):
            path = tmp_path / name
            found = path.stat() if path.exists() else None
            plan.append((name, found and [found.st_ino, found.st_size, found.st_mtime_ns]))
            (workplace / "new" / path.name).write_text("new")
        (workplace / "plan").write_text(json.dumps(plan))
        (workplace / "new" / "done").replace(tmp_path / "done")
        (tmp_path / "changed").write_text("by somebody")
        (tmp_path / "came").write_text("by somebody")
        sweep(tmp_path)
        assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
            "done": "new",
            "as it was": "new",
            "changed": "by somebody",
            "came": "by somebody",
            "absent": "new",
        }
        assert not (tmp_path.parent / "outside").exists()


class TestSweeping:
    def test_takes_nothing_that_is_not_a_writers(self, tmp_path: Path) -> None:
        (tmp_path / "elsewhere").mkdir()
        (tmp_path / "elsewhere" / "lock").touch()
        kept = ["mine.tmp", ".a.tmp", ".a.0123.tmp", ".a.0123456789ABCDEF.tmp", "a.0123456789abcdef.tmp"]
        for name in kept:
            (tmp_path / name).mkdir()
        strange, link, file = (tmp_path / temporary_name(name) for name in ("strange", "link", "file"))
        (strange / "photos").mkdir(parents=True)
        link.symlink_to(tmp_path / "elsewhere")
        file.touch()
        (tmp_path / temporary_name("left")).mkdir()
        sweep(tmp_path)
        left = {path.name for path in tmp_path.iterdir()}
        assert left == {*kept, "elsewhere", strange.name, link.name, file.name}
        assert (tmp_path / "elsewhere" / "lock").exists() and (strange / "photos").is_dir()

    def test_names_of_temporary_files_are_random_and_of_any_length(self) -> None:
        names = [temporary_name(name) for name in ("a", "a", "整" * 80, "x\ny")]
        assert len(set(names)) == 4
        assert all(map(is_temporary, names))
        assert max(len(name.encode()) for name in names) < 200


class TestModes:
    def test_a_run_is_its_owners_alone(self, tmp_path: Path) -> None:
        write(tmp_path, a=NOTICE)
        assert command("run", "a.txt", "--backend", "rules", cwd=tmp_path).status == 0
        for path in (tmp_path / "out", *(tmp_path / "out").rglob("*")):
            wanted = 0o700 if path.is_dir() else 0o600
            assert stat.S_IMODE(path.stat().st_mode) == wanted, path

    def test_a_file_that_is_replaced_keeps_its_mode(self, tmp_path: Path) -> None:
        for mode in (0o600, 0o640):
            (tmp_path / "a").write_text("old")
            (tmp_path / "a").chmod(mode)
            with written_whole([tmp_path / "a"]) as (made,):
                made.write_text("new")
            assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == mode
            write_file(tmp_path / "a", [b"newer"], durable=True)
            assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == mode


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own."""
    place = tmp_path / "disk"
    place.mkdir()
    try:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", place], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("mounting a disk needs root on Linux")
    yield place
    subprocess.run(["umount", place], check=True)


COMMANDS = [
    ("export", "OUT", "--to", "disk/a.csv"),
    ("export", "OUT", "--to", "disk/a.xlsx"),
    ("export", "OUT", "--to", "disk/a.parquet"),
    ("export", "OUT", "--to", "disk/a.sqlite"),
    ("export", "OUT", "--to", "disk/a.duckdb"),
    ("report", "OUT", "--to", "disk/a.html"),
    ("run", "OUT/texts/a.txt", "--backend", "rules", "--out", "disk/out"),
    ("gold", "new", "OUT/texts/a.txt", "--gold", "disk/gold"),
    ("serve", "--data", "disk/data", "--port", "0", "--log-level", "error"),
]


def performed(arguments: Sequence[str], out: Path, folder: Path) -> Finished:
    """Run a command with a run's folder for OUT; a service, which would stay, in a process of its own."""
    perform = command_apart if arguments[0] == "serve" else command
    return perform(*(each.replace("OUT", str(out)) for each in arguments), cwd=folder)


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
class TestDisks:
    def test_a_read_only_disk_is_said_in_a_sentence(
        self, arguments: tuple[str, ...], out: Path, mounted: Path, tmp_path: Path
    ) -> None:
        subprocess.run(["mount", "-o", "remount,ro", mounted], check=True)
        done = performed(arguments, out, tmp_path)
        assert (done.status, done.out) == (2, "")
        assert done.err.startswith("error: ") and done.err.count("\n") == 1, done.err
        assert "Read-only file system" in done.err and "disk" in done.err

    def test_a_full_disk_is_said_in_a_sentence(
        self, arguments: tuple[str, ...], out: Path, mounted: Path, tmp_path: Path
    ) -> None:
        with (mounted / "filler").open("wb", buffering=0) as file, pytest.raises(OSError, match="No space"):
            while True:
                file.write(b"x" * 512)
        done = performed(arguments, out, tmp_path)
        assert done.status in (1, 2), done.err
        assert done.err.startswith("error: ") and done.err.count("\n") == 1, done.err
        assert "broke" not in done.err
        assert "full" in done.err or "No space" in done.err, done.err
