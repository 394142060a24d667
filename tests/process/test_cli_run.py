"""``python -m extractor run``: what it writes, for which inputs, and what it says."""

from __future__ import annotations

import hashlib
import io
import json
import os
import pty
import re
import zipfile
from pathlib import Path

import pytest
from checkout import GOLD_NOTICES
from cli_examples import NOTICE, UNREAD, command, command_apart, ids, notices, outcomes, report, start, write
from service_example import long_notice

from extractor.cli import main

DOCX_HEAD = b"PK\x03\x04" + b"\0" * 26 + b"[Content_Types].xml"


class TestWhatIsWritten:
    def test_notices_texts_and_a_report(self, tmp_path: Path) -> None:
        text = f"\ufeff{NOTICE}".replace("\n", "\r\n")
        write(tmp_path, b=text, a=NOTICE)
        done = command_apart("run", "b.txt", "a.txt", cwd=tmp_path)
        assert (done.status, done.out, done.err) == (0, "", "")
        out = tmp_path / "out"
        assert ids(out) == ["b", "a"]
        for notice in notices(out):
            stored = (out / "texts" / f"{notice['notice_id']}.txt").read_bytes()
            assert stored == NOTICE.encode()
            assert notice["text_sha256"] == hashlib.sha256(stored).hexdigest()
            span = notice["issues"][1]["measures"][0]["text"]
            assert stored.decode()[span["start"] : span["end"]] == "追缴违规资金1.5万元,约谈5人。"
        found = report(out)
        assert found["totals"] == {
            "inputs": 2,
            "done": 2,
            "unchanged": 0,
            "failed": 0,
            "pending": 0,
            "issues": 4,
            "measures": 6,
            "checks": sum(len(notice["checks"]) for notice in notices(out)),
            "digits_unread": 0,
            "unanswered": 0,
            "duplicates": 1,
            "may_be_duplicates": 0,
            "kept": 0,
            "left_out": {},
            "passed_over": {},
        }
        first = found["inputs"][0]
        assert (first["name"], first["notice_id"], first["outcome"], first["error"]) == ("b.txt", "b", "done", None)
        assert first["sha256"] == hashlib.sha256(text.encode()).hexdigest()
        assert (first["issues"], first["measures"]) == (2, 3)
        assert found["settings"] == {"backend": "rules", "lang": "zh", "ocr": "auto", "jobs": 1}
        assert found["started"] <= found["finished"]

    def test_how_many_digits_were_not_read(self, tmp_path: Path) -> None:
        write(tmp_path, a=UNREAD, b=NOTICE, c=UNREAD)
        done = command("run", "a.txt", "b.txt", "c.txt", "bad.txt", "--log-level", "info", cwd=tmp_path)
        assert "issues, 9 measures" in done.err
        assert "; 10 digits unread in 2 notices; " in done.err
        found = report(tmp_path / "out")
        assert [each["digits_unread"] for each in found["inputs"]] == [5, 0, 5, None]
        assert found["totals"]["digits_unread"] == 10
        alone = command("run", "b.txt", "--log-level", "info", cwd=tmp_path)
        assert "done" in alone.err and "unread" not in alone.err

    def test_the_same_bytes_whatever_the_number_of_processes(self, tmp_path: Path) -> None:
        for jobs in ("1", "2", "3"):
            assert main(["run", str(GOLD_NOTICES), "--out", str(tmp_path / jobs), "--jobs", jobs]) == 0
        one, *others = [(tmp_path / jobs / "notices.jsonl").read_bytes() for jobs in ("1", "2", "3")]
        assert one.count(b"\n") == len(list(GOLD_NOTICES.glob("*.txt")))
        assert others == [one, one]

    def test_checks_speak_the_language_asked_for(self, tmp_path: Path) -> None:
        write(tmp_path, a="今天天气很好。" * 30)
        for lang in ("zh", "en"):
            assert main(["run", str(tmp_path / "a.txt"), "--out", str(tmp_path / lang), "--lang", lang]) == 0
        zh, en = (notices(tmp_path / lang)[0]["checks"][0]["message"] for lang in ("zh", "en"))
        assert en.startswith("The text does not mention ")
        assert zh.startswith("正文没有提到")


_FAULT = """
import sys

if "extractor.processes.confined_main" in sys.orig_argv:
    import extractor.pipeline

    extract = extractor.pipeline.extract

    def breaking(text, **settings):
        if "secret" in text:
            raise KeyError(text)
        return extract(text, **settings)

    extractor.pipeline.extract = breaking
"""


class TestInputs:
    def test_standard_input(self, tmp_path: Path) -> None:
        done = command_apart("run", "-", cwd=tmp_path, given=NOTICE.encode("gb18030"))
        assert done.status == 0
        assert ids(tmp_path / "out") == ["stdin"]
        assert (tmp_path / "out" / "texts" / "stdin.txt").read_bytes() == NOTICE.encode()

    def test_standard_input_goes_to_workers_too(self, tmp_path: Path) -> None:
        write(tmp_path, stdin=NOTICE, b=NOTICE)
        done = command_apart(
            "run", "-", "stdin.txt", "b.txt", "--jobs", "2", cwd=tmp_path, given=NOTICE.encode() + b"\n"
        )
        assert done.status == 0
        assert [notice_id[:6] for notice_id in ids(tmp_path / "out")] == ["stdin~", "stdin~", "b"]

    def test_folders_patterns_and_archives(self, tmp_path: Path) -> None:
        (tmp_path / "in" / "deep").mkdir(parents=True)
        write(tmp_path / "in", b=NOTICE)
        write(tmp_path / "in" / "deep", a=NOTICE)
        write(tmp_path, p1=NOTICE, p2=NOTICE)
        with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
            archive.writestr("通报/镇.txt", NOTICE)
        assert command("run", "in", "p*.txt", "z.zip", cwd=tmp_path).status == 0
        assert ids(tmp_path / "out") == ["b", "a", "p1", "p2", "镇"]
        assert list(outcomes(tmp_path / "out"))[-1] == "z.zip!通报/镇.txt"

    def test_one_stem_twice_makes_two_notices_with_the_same_ids_in_any_order(self, tmp_path: Path) -> None:
        for folder, text in (("x", NOTICE), ("y", NOTICE + "\n"), ("z", NOTICE)):
            (tmp_path / folder).mkdir()
            write(tmp_path / folder, a=text)
        assert command("run", "x", "y", "z", cwd=tmp_path).status == 0
        found = ids(tmp_path / "out")
        assert len(set(found)) == 3
        assert all(notice_id.startswith("a~") for notice_id in found)
        assert command("run", "z", "y", "x", cwd=tmp_path).status == 0
        assert ids(tmp_path / "out") == found[::-1]
        assert set(outcomes(tmp_path / "out").values()) == {"unchanged"}

    def test_a_runs_own_texts_are_no_input(self, tmp_path: Path) -> None:
        write(tmp_path, a=NOTICE)
        for _ in range(2):
            assert command("run", ".", cwd=tmp_path).status == 0
            assert ids(tmp_path / "out") == ["a"]
        done = command("run", "out/texts", cwd=tmp_path)
        assert (done.status, done.err.count("\n")) == (2, 1)
        assert "both input and output" in done.err

    def test_a_page_that_is_no_notice_is_a_record_with_checks(self, tmp_path: Path) -> None:
        (tmp_path / "a.html").write_text(f"<html><body><p>{'今天天气很好。' * 30}</p></body></html>", encoding="utf-8")
        assert command("run", "a.html", cwd=tmp_path).status == 0
        (notice,) = notices(tmp_path / "out")
        assert notice["issues"] == []
        assert notice["checks"][0]["severity"] == "error"

    def test_bad_inputs_are_named_and_the_others_done(self, tmp_path: Path) -> None:
        write(tmp_path, good=NOTICE, empty="")
        (tmp_path / "folder").mkdir()
        (tmp_path / "binary.txt").write_bytes(bytes(range(256)) * 10)
        (tmp_path / "cut.docx").write_bytes(DOCX_HEAD)
        with (tmp_path / "large.txt").open("wb") as file:
            file.truncate(200_000_000)
        bad = ["missing.txt", "empty.txt", "folder", "binary.txt", "cut.docx", "large.txt", "no*match"]
        done = command("run", *bad, "good.txt", cwd=tmp_path)
        assert (done.status, done.out) == (1, "")
        lines = done.err.splitlines()
        assert len(lines) == len(bad)
        for name in bad:
            assert sum(line.startswith(f"error: {name}: ") for line in lines) == 1
        assert ids(tmp_path / "out") == ["good"]
        found = outcomes(tmp_path / "out")
        assert found.pop("good.txt") == "done"
        assert found == dict.fromkeys(bad, "failed")
        errors = [entry["error"] for entry in report(tmp_path / "out")["inputs"] if entry["outcome"] == "failed"]
        assert sorted(f"error: {error}" for error in errors) == sorted(lines)

    def test_a_fault_of_ours_costs_one_notice_and_quotes_nothing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        # Documents are read in another process, where the fault is to be.
        (tmp_path / "modules").mkdir()
        (tmp_path / "modules" / "sitecustomize.py").write_text(_FAULT)
        monkeypatch.setenv("PYTHONPATH", str(tmp_path / "modules"), prepend=os.pathsep)
        write(tmp_path, a="secret words", b=NOTICE)
        arguments = ["run", str(tmp_path / "a.txt"), str(tmp_path / "b.txt"), "--out", str(tmp_path / "out")]
        assert main(arguments) == 1
        said = capsys.readouterr().err
        assert said.startswith(f"error: {tmp_path / 'a.txt'}: the extractor failed on it (KeyError)")
        assert said.count("\n") == 1
        assert "secret" not in said
        assert ids(tmp_path / "out") == ["b"]
        assert main([*arguments, "--log-level", "debug"]) == 1
        assert "Traceback" in capsys.readouterr().err

    def test_a_file_that_takes_too_long_is_one_failed_input(self, tmp_path: Path) -> None:
        write(tmp_path, a=long_notice(22_000).decode(), b=NOTICE)
        done = command("run", "a.txt", "b.txt", "--seconds", "1", cwd=tmp_path)
        assert done.status == 1
        (line,) = done.err.splitlines()
        assert re.match(r"error: a\.txt: takes more than (1 s of processor time|4 s); .* --seconds", line)
        assert ids(tmp_path / "out") == ["b"]

    def test_a_file_that_takes_too_much_memory_is_one_failed_input(self, tmp_path: Path) -> None:
        wide = "a" * 48_000_000 + "\U00020000"  # which makes each letter take four bytes
        write(tmp_path, a=wide, b=NOTICE)
        done = command_apart("run", "a.txt", "b.txt", "--memory", "300", cwd=tmp_path)
        assert done.status == 1
        assert done.err.startswith("error: a.txt: needs more memory than a document may take; ")
        assert ids(tmp_path / "out") == ["b"]


class TestWhatIsSaid:
    def test_log_lines_are_json_objects(self, tmp_path: Path) -> None:
        write(tmp_path, a=NOTICE, empty="")
        done = command_apart("run", "a.txt", "empty.txt", "--log-json", "--log-level", "debug", cwd=tmp_path)
        assert (done.status, done.out) == (1, "")
        lines = [json.loads(line) for line in done.err.splitlines()]
        assert [(line["level"], line.get("outcome")) for line in lines] == [
            ("info", None),
            ("info", "done"),
            ("error", "failed"),
            ("info", None),
        ]
        assert lines[0]["message"] == "rules: no endpoint is set"
        assert (lines[1]["notice_id"], lines[1]["measures"]) == ("a", 3)

    def test_no_notice_text_at_info(self, tmp_path: Path) -> None:
        write(tmp_path, a=NOTICE)
        done = command("run", "a.txt", "--log-level", "info", cwd=tmp_path)
        assert "a.txt: done as a: 2 issues, 3 measures" in done.err
        assert done.err.isascii()

    def test_a_file_name_does_not_steer_the_terminal(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["run", "no\x1b]0;x\x07\nsuch.txt", "--out", str(tmp_path / "out")]) == 1
        assert capsys.readouterr().err.startswith("error: no]0;x such.txt: there is no such file")

    def test_a_terminal_is_shown_a_summary(self, tmp_path: Path) -> None:
        write(tmp_path, a=NOTICE)
        shown = on_terminal(tmp_path, "run", "a.txt")
        assert "1 done; 1 in out/notices.jsonl: 2 issues, 3 measures" in shown
        assert "0 done, 1 unchanged" in on_terminal(tmp_path, "run", "a.txt")


def on_terminal(folder: Path, *arguments: str) -> str:
    """Run the command with a terminal as standard error and return what is seen there."""
    ours, theirs = pty.openpty()

    def prepare() -> None:
        os.dup2(theirs, 2)

    process = start(*arguments, cwd=folder, before=prepare)
    os.close(theirs)
    seen = io.BytesIO()
    while True:
        try:
            read = os.read(ours, 1024)
        except OSError:  # how Linux tells that the other end is closed
            break
        if not read:
            break
        seen.write(read)
    os.close(ours)
    process.communicate(timeout=60)
    assert process.returncode == 0
    return seen.getvalue().decode()
