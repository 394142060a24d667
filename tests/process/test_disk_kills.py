"""Whatever is killed while it writes: files are the old or the new ones, and the next one leaves nothing over."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from answer_examples import key, record
from checkout import SUPPORT, module_path
from cli_examples import NOTICE, command, start, wait_for, write

from extractor.disk.whole import is_temporary, written_whole
from extractor.endpoint.cache import AnswerCache
from extractor.endpoint.recording import recorded_line
from extractor.exports.exporter import files_of


@pytest.mark.parametrize(
    ("action", "every", "least"),
    [
        ("csv", 3, 60),
        ("parquet", 11, 60),
        ("xlsx", 19, 60),
        ("sqlite", 4, 15),
        ("report", 4, 15),
        ("gold", 3, 25),
        ("cache-export", 4, 20),
        ("run", 3, 20),
        ("save", 3, 20),
    ],
)
def test_killed_at_its_operations_on_files(action: str, every: int, least: int, tmp_path: Path) -> None:
    """See ``killed.py``, which takes every operation where ``every`` is 1."""
    path = module_path()
    done = subprocess.run(
        [sys.executable, "killed.py", action, str(tmp_path), str(every)],
        cwd=SUPPORT,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= least


def _workplace(folder: Path) -> Path | None:
    return next((path for path in folder.iterdir() if is_temporary(path.name)), None)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run's folder that takes some time to export."""
    path = tmp_path_factory.mktemp("large")
    write(path, **{f"n{number}": NOTICE * 30 for number in range(40)})
    assert command("run", ".", "--backend", "rules", cwd=path).status == 0
    return path / "out"


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".duckdb"])
def test_leftovers_of_a_killed_export_go_with_the_next(large: Path, ending: str, tmp_path: Path) -> None:
    (tmp_path / "to").mkdir()
    for _ in range(2):
        process = start("export", large, "--to", f"to/a{ending}", cwd=tmp_path)
        while (found := _workplace(tmp_path / "to")) is None or not any((found / "new").glob("*")):
            assert process.poll() is None, process.communicate()
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert _workplace(tmp_path / "to")
    assert command("export", large, "--to", f"to/a{ending}", cwd=tmp_path).status == 0
    assert sorted((tmp_path / "to").iterdir()) == sorted(files_of(tmp_path / "to" / f"a{ending}"))


def test_a_live_writers_folder_stays(tmp_path: Path) -> None:
    """Of two that write at once, neither takes the other's files for leftovers."""
    write(tmp_path, a=NOTICE)
    assert command("run", "a.txt", "--backend", "rules", cwd=tmp_path).status == 0
    with written_whole([tmp_path / "mine.txt"]) as (mine,):
        mine.write_text("mine")
        assert command("export", "out", "--to", "a.csv", cwd=tmp_path).status == 0
        assert mine.read_text() == "mine"
    assert (tmp_path / "mine.txt").read_text() == "mine"
    assert _workplace(tmp_path) is None


WRITER = """
import sys
from pathlib import Path
from extractor.disk.whole import write_texts
place, me = Path(sys.argv[1]), sys.argv[2]
sys.stdin.readline()
for turn in range(60):
    write_texts({place / f"{me}{part}": f"{turn}" for part in "ab"}, within=place)
    assert {(place / f"{me}{part}").read_text() for part in "ab"} == {f"{turn}"}
"""


def test_many_writers_in_one_folder_do_not_get_in_each_others_way(tmp_path: Path) -> None:
    """Each makes its workplace while the others sweep."""
    path = module_path()
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), str(number)],
            env={**os.environ, "PYTHONPATH": path},
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for number in range(4)
    ]
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write(b"\n")
        writer.stdin.flush()
    assert [writer.communicate(timeout=60)[1].decode() for writer in writers] == [""] * 4
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        f"{number}{part}" for number in range(4) for part in "ab"
    ]
    assert {each.read_text() for each in tmp_path.iterdir()} == {"59"}


def test_a_killed_import_is_taken_up(tmp_path: Path) -> None:
    count = 1500
    (tmp_path / "answers.jsonl").write_bytes(
        b"".join(recorded_line(key(number), record(f"answer {number}")) for number in range(count))
    )
    arguments = ("cache", "import", "answers.jsonl", "--cache-dir", "cache")
    for _ in range(3):
        process = start(*arguments, cwd=tmp_path)
        wait_for(tmp_path / "cache" / "cache.db-wal", process)
        with AnswerCache(tmp_path / "cache") as cache:
            before = len(cache)
            while process.poll() is None and len(cache) < before + 20:
                pass
        process.kill()
        process.communicate()
        with AnswerCache(tmp_path / "cache") as cache:
            assert all(cache.get(found) is not None for found in cache)
    assert command(*arguments, cwd=tmp_path).status == 0
    with AnswerCache(tmp_path / "cache") as cache:
        assert all(cache.get(key(number)) == record(f"answer {number}") for number in range(count))
        assert len(cache) == count
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["cache.db"]
