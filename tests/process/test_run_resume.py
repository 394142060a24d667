"""Runs that are stopped, started again, or cut off by the disk: nothing finished is lost, nothing is torn."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from checkout import GOLD_NOTICES, module_path
from cli_examples import NOTICE, command, command_apart, ended, ids, outcomes, report, start, wait_for, write

import extractor
from extractor.readers import Backend, RulesReader
from extractor.runs.fingerprint import OF_RULES, code_fingerprint
from extractor.runs.run import run

BACKENDS: tuple[Backend, ...] = ("rules", "assisted", "model")


def run_here(folder: Path, **settings: bool) -> dict[str, str]:
    """Run over the folder's texts and return the outcome of each by its id."""
    paths = sorted(map(str, folder.glob("*.txt")))
    found = run(paths, folder / "out", **settings)  # type: ignore[arg-type]
    return {str(outcome.notice_id): outcome.status for outcome in found.outcomes}


class TestStartedAgain:
    def test_does_what_is_missing_or_changed(self, tmp_path: Path) -> None:
        write(tmp_path, a=NOTICE, b=NOTICE)
        assert run_here(tmp_path) == {"a": "done", "b": "done"}
        before = (tmp_path / "out" / "notices.jsonl").read_bytes()
        assert run_here(tmp_path) == {"a": "unchanged", "b": "unchanged"}
        assert (tmp_path / "out" / "notices.jsonl").read_bytes() == before
        write(tmp_path, b=NOTICE.replace("5人", "6人"), c=NOTICE)
        (tmp_path / "out" / "texts" / "a.txt").unlink()
        assert run_here(tmp_path) == {"a": "done", "b": "done", "c": "done"}
        assert run_here(tmp_path, force=True) == {"a": "done", "b": "done", "c": "done"}

    def test_does_all_when_a_setting_that_matters_changed(self, tmp_path: Path) -> None:
        write(tmp_path, a=NOTICE)
        for lang, status in (("zh", "done"), ("zh", "unchanged"), ("en", "done")):
            found = run([str(tmp_path / "a.txt")], tmp_path / "out", RulesReader(lang))  # type: ignore[arg-type]
            assert [outcome.status for outcome in found.outcomes] == [status]

    def test_does_all_when_the_program_changed(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        write(tmp_path, a=NOTICE)
        run_here(tmp_path)
        monkeypatch.setattr("extractor.runs.run.code_fingerprint", lambda _: "another")
        assert run_here(tmp_path) == {"a": "done"}

    def test_one_content_under_another_ending_is_done_again(self, tmp_path: Path) -> None:
        write(tmp_path, a=NOTICE)
        run_here(tmp_path)
        (tmp_path / "a.txt").rename(tmp_path / "a.html")
        found = run([str(tmp_path / "a.html")], tmp_path / "out")
        assert [(outcome.notice_id, outcome.status) for outcome in found.outcomes] == [("a", "done")]

    def test_a_run_that_replaces_holds_its_own_inputs_and_keeps_other_work(self, tmp_path: Path) -> None:
        write(tmp_path, a=NOTICE, b=NOTICE)
        run_here(tmp_path)
        run([str(tmp_path / "b.txt")], tmp_path / "out", replace=True)
        assert ids(tmp_path / "out") == ["b"]
        assert run_here(tmp_path) == {"a": "unchanged", "b": "unchanged"}
        assert ids(tmp_path / "out") == ["a", "b"]

    def test_what_was_read_of_an_input_that_fails_now_stays(self, tmp_path: Path) -> None:
        write(tmp_path, a=NOTICE, b=NOTICE)
        run_here(tmp_path)
        write(tmp_path, a="")
        assert run_here(tmp_path) == {"a": "failed", "b": "unchanged"}
        assert ids(tmp_path / "out") == ["b", "a"]
        assert run_here(tmp_path, replace=True) == {"a": "failed", "b": "unchanged"}
        assert ids(tmp_path / "out") == ["b"]


@pytest.mark.parametrize(
    ("file", "by_rules", "with_model"),
    [
        ("notice/facts/dates.py", True, True),
        ("files/word/numbering.py", True, True),
        ("data/units.toml", True, True),
        ("pipeline.py", True, True),
        ("assist/session.py", False, True),
        ("endpoint/completion.py", False, True),
        ("pages/words.toml", False, False),
        ("service/server.py", False, False),
        ("runs/run.py", False, False),
        ("data/tables.toml", False, False),
        ("notice/facts/dates.pyc", False, False),
    ],
)
def test_the_fingerprint_is_of_what_can_change_a_record(
    tmp_path: Path, file: str, by_rules: bool, with_model: bool
) -> None:
    package = tmp_path / "extractor"
    shutil.copytree(Path(extractor.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    before = [code_fingerprint(backend, package) for backend in BACKENDS]
    assert before == [code_fingerprint(backend) for backend in BACKENDS]
    assert before[1] == before[2]
    with (package / file).open("a") as changed:
        changed.write("# another\n")
    after = [code_fingerprint(backend, package) for backend in BACKENDS]
    assert [one != other for one, other in zip(before, after, strict=True)] == [by_rules, with_model, with_model]


_LOADING = """
import sys
import extractor.files.page.html_text, extractor.files.pdf.pdf_text, extractor.files.word.docx_file
from extractor.readers import RulesReader
print(*(name for name in sys.modules if name.startswith("extractor.")))
"""


def test_the_fingerprint_holds_every_module_that_a_reading_loads() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _LOADING], capture_output=True, text=True, check=True, env={"PYTHONPATH": module_path()}
    )
    rooms = {name.split(".")[1] for name in done.stdout.split()}
    assert rooms - {part.removesuffix(".py") for part in OF_RULES} == {"disk", "errors", "messages", "version"}


class TestKilled:
    @pytest.mark.parametrize("jobs", ["1", "2"])
    def test_while_it_waits_for_input_and_started_again(self, tmp_path: Path, jobs: str) -> None:
        write(tmp_path, a=NOTICE, b=NOTICE)
        arguments = ("run", "a.txt", "b.txt", "-", "--jobs", jobs)
        process = start(*arguments, cwd=tmp_path)
        for name in ("a", "b"):
            wait_for(tmp_path / "out" / ".work" / f"{name}.json", process)
        process.kill()
        process.communicate(timeout=60)  # workers hold the pipes too: that these end shows that no worker is left
        assert not (tmp_path / "out" / "notices.jsonl").exists()
        assert command(*arguments, cwd=tmp_path, given=NOTICE.encode()).status == 0
        assert outcomes(tmp_path / "out") == {"a.txt": "unchanged", "b.txt": "unchanged", "<stdin>": "done"}
        assert command(*arguments, "--out", "clean", cwd=tmp_path, given=NOTICE.encode()).status == 0
        composed, clean = ((tmp_path / out / "notices.jsonl").read_bytes() for out in ("out", "clean"))
        assert composed == clean

    def test_in_the_midst_of_its_work_and_started_again(self, tmp_path: Path) -> None:
        write(tmp_path, **{f"n{number:02}": NOTICE * (1 + number % 7) for number in range(60)})
        for seen in ("n00", "n20", "n40"):
            process = start("run", ".", "--jobs", "1", cwd=tmp_path)
            wait_for(tmp_path / "out" / ".work" / f"{seen}.json", process)
            process.kill()
            process.communicate()
            assert not (tmp_path / "out" / "notices.jsonl").exists()
        assert command("run", ".", "--jobs", "1", cwd=tmp_path).status == 0
        assert report(tmp_path / "out")["totals"]["unchanged"] >= 41
        assert command("run", "*.txt", "--out", "clean", cwd=tmp_path).status == 0
        composed, clean = ((tmp_path / out / "notices.jsonl").read_bytes() for out in ("out", "clean"))
        assert composed == clean
        assert list((tmp_path / "out").rglob("*.tmp")) == []


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_interrupt_writes_what_is_done_and_says_how_to_go_on(tmp_path: Path, jobs: str) -> None:
    write(tmp_path, a=NOTICE, b=NOTICE)
    process = start("run", "a.txt", "-", "b.txt", "--jobs", jobs, cwd=tmp_path)
    wait_for(tmp_path / "out" / ".work" / "a.json", process)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: workers get it too
    process.wait(timeout=60)
    stopped = ended(process)
    assert (stopped.status, stopped.out) == (130, "")
    assert stopped.err.startswith("error: interrupted: 1 done, 2 pending; ")
    assert stopped.err.endswith("1 of 3 are finished and kept, the same command goes on from there\n")
    assert stopped.err.count("\n") == 1
    assert ids(tmp_path / "out") == ["a"]
    assert outcomes(tmp_path / "out") == {"a.txt": "done", "<stdin>": "pending", "b.txt": "pending"}
    assert report(tmp_path / "out")["ending"] == "interrupted"
    assert command("run", "a.txt", "-", "b.txt", cwd=tmp_path, given=NOTICE.encode()).status == 0
    assert outcomes(tmp_path / "out") == {"a.txt": "unchanged", "<stdin>": "done", "b.txt": "done"}


class TestFullDisk:
    def test_a_file_too_large_for_the_disk_ends_the_run_and_keeps_what_is_finished(self, tmp_path: Path) -> None:
        write(tmp_path, a=NOTICE, b=NOTICE * 50, c=NOTICE)

        def limit() -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (12_000, 12_000))

        for jobs in ("1", "2"):
            done = command_apart("run", "a.txt", "b.txt", "c.txt", "--jobs", jobs, cwd=tmp_path, before=limit)
            assert (done.status, done.out) == (1, "")
            (line,) = done.err.splitlines()
            assert line.startswith("error: out/texts/b.txt: the disk is full; make room")
            assert "of 3 are finished and kept" in line
            assert ids(tmp_path / "out")[0] == "a"
        assert command("run", "a.txt", "b.txt", "c.txt", cwd=tmp_path).status == 0
        assert outcomes(tmp_path / "out")["a.txt"] == "unchanged"
        assert list((tmp_path / "out").rglob("*.tmp")) == []

    def test_a_full_disk_and_room_made(self, small_disk: Path) -> None:
        done = command("run", GOLD_NOTICES, "--out", small_disk, "--jobs", "1", cwd=small_disk)
        assert done.status == 1
        assert "the disk is full" in done.err
        kept = {path.stem for path in (small_disk / ".work").glob("*.json")}
        assert 0 < len(kept) < 4
        assert list(small_disk.rglob("*.tmp")) == []
        subprocess.run(["mount", "-o", "remount,size=8m", small_disk], check=True)
        assert command("run", GOLD_NOTICES, "--out", small_disk, cwd=small_disk).status == 0
        assert report(small_disk)["totals"]["unchanged"] == len(kept)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk with room for two or three notices."""
    place = tmp_path / "disk"
    place.mkdir()
    command_line = ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(place)]
    try:
        subprocess.run(command_line, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("mounting a small disk needs root on Linux")
    yield place
    subprocess.run(["umount", str(place)], check=True)
