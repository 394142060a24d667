"""Standard streams that are closed, full, or read no further: a sentence where one can be said, and a true status."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from checkout import GOLD_NOTICES, module_path
from cli_examples import NOTICE, command, notices, write

SHOWN = GOLD_NOTICES / "lianyungang-haizhou-2024.txt"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run in it, whose one notice is longer than a pipe holds."""
    path = tmp_path_factory.mktemp("place")
    (path / "a.txt").write_bytes(SHOWN.read_bytes())
    assert command("run", "a.txt", "--backend", "rules", cwd=path).status == 0
    return path


def shell(line: str, place: Path) -> tuple[int, str]:
    """Have a shell do ``line``, in which ``X`` is the command; return its status and what it said on standard error."""
    line = line.replace("X ", f"PYTHONPATH={module_path()} {sys.executable} -m extractor ")
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", line], cwd=place, capture_output=True, timeout=60, check=False
    )
    return done.returncode, done.stderr.decode()


@pytest.mark.parametrize("arguments", ["show out", "schema", "--help", "export out --to b.csv", "report out"])
class TestStandardOutput:
    def test_closed(self, arguments: str, place: Path) -> None:
        told = "error: standard output cannot be written (it is closed)\n"
        assert shell(f"X {arguments} >&-", place) == (1, told)

    def test_full(self, arguments: str, place: Path) -> None:
        told = "error: standard output cannot be written (No space left on device)\n"
        assert shell(f"X {arguments} > /dev/full", place) == (1, told)


def test_output_that_nobody_reads_to_its_end(place: Path) -> None:
    told = "error: standard output was closed before all was printed\n"
    assert shell("X show out | true", place) == (1, told)
    assert shell("X schema | true", place) == (1, told)


def test_what_was_asked_for_is_written_all_the_same(place: Path) -> None:
    (place / "b.html").unlink(missing_ok=True)
    assert shell("X report out --to b.html >&-", place)[0] == 1
    assert (place / "b.html").stat().st_size > 10_000


@pytest.mark.parametrize("streams", ["2>&-", "2> /dev/full"])
class TestStandardError:
    """Nothing can be said there; the status is as it would be."""

    @pytest.mark.parametrize(
        ("arguments", "status"),
        [("show out", 0), ("show nowhere", 1), ("show out nobody", 1), ("nothing", 2)],
    )
    def test_status(self, arguments: str, status: int, streams: str, place: Path) -> None:
        assert shell(f"X {arguments} {streams} > /dev/null", place) == (status, "")

    def test_a_run_is_done(self, streams: str, tmp_path: Path) -> None:
        write(tmp_path, a=NOTICE, b="")
        assert shell(f"X run a.txt b.txt --backend rules --log-level debug {streams} >&-", tmp_path) == (1, "")
        assert [notice["notice_id"] for notice in notices(tmp_path / "out")] == ["a"]


def test_without_any_stream_no_file_takes_their_numbers(tmp_path: Path) -> None:
    """Else what is printed would go into it."""
    write(tmp_path, a=NOTICE)
    assert shell("X run a.txt --backend rules <&- >&- 2>&-", tmp_path) == (0, "")
    assert shell("X export out --to a.sqlite <&- >&- 2>&-", tmp_path) == (1, "")
    assert (tmp_path / "a.sqlite").read_bytes().startswith(b"SQLite format 3\0")


def test_what_the_system_refuses_is_no_fault_of_ours(tmp_path: Path) -> None:
    """Where no command has a sentence of its own."""
    done = command("gold", "check", "x" * 300, cwd=tmp_path)
    assert done.status == 1
    assert done.err.startswith("error: ") and done.err.count("\n") == 1
    assert "broke" not in done.err
