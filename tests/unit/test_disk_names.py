"""No name with marks that nobody sees becomes a file's, whichever way it comes in."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from cli_examples import NOTICE, command, ids, notices
from hypothesis import given
from hypothesis import strategies as st
from notice_extractor_eval.predictions import PredictionFolder
from report_examples import stored
from service_example import Client, serving

from extractor import extract
from extractor.disk import names
from extractor.errors import InputError
from extractor.files.notice_ids import slug
from extractor.review.review import review_of
from extractor.review.review_labels import written_labels
from extractor.runs.run_folder import stored_lines

BAD = {
    "C0": "a\x1bb",
    "C1": "a\x9bb",
    "direction": "a\u202eb",
    "isolate": "a\u2066b",
    "line separator": "a\u2028b",
    "paragraph separator": "a\u2029b",
    "zero width": "a\u200bb",
    "slash": "a/b",
    "parent": "../a",
    "backslash": "a\\b",
    "drive": "c:a",
    "reserved": "con",
    "reserved with ending": "LPT1.notice",
    "reserved with a blank": "nul .x",
    "console": "CONIN$",
    "hidden": ".a",
    "dot at the end": "a.",
    "blank at the end": "a ",
    "empty": "",
    "long": "整" * 100,
}
bad = pytest.mark.parametrize("name", BAD.values(), ids=BAD)


@bad
def test_the_rule_refuses_them_and_ids_made_of_them_are_safe(name: str) -> None:
    assert names.flaw(name)
    assert names.flaw(slug(name)) is None


@given(st.text())
def test_every_id_that_a_stem_gives_passes_the_rule(stem: str) -> None:
    assert names.flaw(slug(stem)) is None


@given(st.text())
def test_a_name_that_passes_is_one_file_and_prints_as_it_is(name: str) -> None:
    if names.flaw(name) is None:
        assert Path("x", name).name == name
        assert name.isprintable() or all(mark.isprintable() or mark.isspace() or not mark.isascii() for mark in name)


class TestFilesOfTheCommand:
    def test_ids_from_stems(self, tmp_path: Path) -> None:
        for name in ("a\u202eb", "c\x1b[31md", "e\u2028f"):
            (tmp_path / f"{name}.txt").write_text(NOTICE, encoding="utf-8")
        assert command("run", ".", "--backend", "rules", cwd=tmp_path).status == 0
        assert ids(tmp_path / "out") == ["a-b", "c-[31md", "e-f"]
        assert sorted(path.stem for path in (tmp_path / "out" / "texts").iterdir()) == ["a-b", "c-[31md", "e-f"]

    def test_members_of_archives(self, tmp_path: Path) -> None:
        with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
            for name in ("x\u202etxt.txt", "con.txt", "line\nend.txt", "dir\u2066/y.txt"):
                archive.writestr(name, NOTICE)
        done = command("run", "a.zip", "--backend", "rules", cwd=tmp_path)
        assert done.status == 0, done.err
        assert sorted(ids(tmp_path / "out")) == ["_con", "line-end", "x-txt", "y"]
        inputs = json.loads((tmp_path / "out" / "run.json").read_bytes())["inputs"]
        assert all(_is_plain(each["name"].replace("/", "")) for each in inputs)

    def test_ids_that_somebody_edited_in_a_runs_folder(self, tmp_path: Path) -> None:
        out = stored(tmp_path / "out", [(extract(NOTICE, notice_id="a"), NOTICE)])
        _edit_id(out, "../a")
        (tmp_path / "a.txt").write_text("of somebody else")
        for arguments in (
            ("show", "out"),
            ("report", "out", "--to", "a.html"),
            ("export", "out", "--to", "a.csv"),
        ):
            done = command(*arguments, cwd=tmp_path)
            assert (done.status, done.out) == (1, ""), (arguments, done.err)
            assert "out/notices.jsonl:1: the id holds a character" in done.err and done.err.count("\n") == 1
        assert sorted(path.name for path in tmp_path.iterdir()) == ["a.txt", "out"]


def _edit_id(out: Path, name: str) -> None:
    (record,) = notices(out)
    line = json.dumps(record | {"notice_id": name}, separators=(",", ":"))
    (out / "notices.jsonl").write_text(f"{line}\n", encoding="utf-8")


@bad
def test_records_of_such_ids_are_not_taken(name: str, tmp_path: Path) -> None:
    _edit_id(stored(tmp_path / "out", [(extract(NOTICE, notice_id="a"), NOTICE)]), name)
    with pytest.raises(InputError, match=r"notices\.jsonl:1: the id "):
        list(stored_lines(tmp_path / "out"))
    with pytest.raises(InputError, match=r"notices\.jsonl:1: the id "):
        PredictionFolder(tmp_path / "out")
    with pytest.raises(InputError, match="this id"):
        stored(tmp_path / "other", [(extract(NOTICE, notice_id=name), NOTICE)])


@bad
def test_reviewed_notices_become_no_files_of_such_names(name: str, tmp_path: Path) -> None:
    record = extract(NOTICE, notice_id=name)
    with pytest.raises(InputError, match="so it cannot be a file's name"):
        written_labels(record, NOTICE, review_of(record, ()), tmp_path / "gold", replaces=True)
    assert list(tmp_path.iterdir()) == []


def test_uploads(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--workers", "1") as service, Client(service.port) as client:
        for mark in ("\u202e", "\u2066", "\u2028", "\u200f", "\x9b", "\ufeff"):
            answer = client.send({f"a{mark}b.txt": NOTICE.encode()})
            assert answer.status in (400, 422), (mark, answer)
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("x\u202ey.txt", NOTICE)
        job = client.done({"a.zip": packed.getvalue()})
        assert [item["name"] for item in job["items"]] == ["a.zip!x-y.txt"]
        assert [item["notice_id"] for item in job["items"]] == ["x-y"]


def _is_plain(name: str) -> bool:
    return not any(map(names.is_control, name))
