"""A run's folder: complete files only, and work that is taken up only while it is whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from extractor.disk.whole import temporary_name
from extractor.errors import InputError, OutputError, SettingsError
from extractor.runs.run_folder import RunFolder, opened, stored_lines, stored_text

LINE = '{"contract_version":"1.0","notice_id":"a"}'


@pytest.fixture
def out(tmp_path: Path) -> Path:
    with opened(tmp_path / "out") as folder:
        folder.save("a", "key", "一\r\n二", LINE, {"issues": 1})
    return tmp_path / "out"


class TestFinishedWork:
    def test_is_known_under_its_key(self, out: Path) -> None:
        entry = RunFolder(out).finished("a", "key")
        assert entry is not None
        assert entry.counts == {"issues": 1}
        assert RunFolder(out).finished("a", "another") is None
        assert RunFolder(out).finished("b", "key") is None

    @pytest.mark.parametrize("file", ["texts/a.txt", ".work/a.json"])
    def test_is_not_taken_up_where_a_file_is_gone_or_damaged(self, out: Path, file: str) -> None:
        content = (out / file).read_bytes()
        for damaged in (content[:-3], content[:10], b"", content.replace(b"a", b"b"), b"[1]\n\n"):
            (out / file).write_bytes(damaged)
            assert (RunFolder(out).finished("a", "key") is None) == (damaged != content)
        (out / file).unlink()
        assert RunFolder(out).finished("a", "key") is None

    def test_texts_are_stored_to_the_byte(self, out: Path) -> None:
        assert (out / "texts" / "a.txt").read_bytes() == "一\r\n二".encode()

    def test_is_composed_in_the_order_asked_for(self, out: Path) -> None:
        with opened(out) as folder:
            folder.save("b", "key", "二", LINE.replace('"a"', '"b"'), {})
            folder.compose(["b", "a"])
        assert [notice_id for notice_id, _ in stored_lines(out)] == ["b", "a"]


class TestWriting:
    def test_a_failed_write_leaves_the_file_before_it(self, out: Path) -> None:
        with opened(out) as folder:
            folder.compose(["a"])
            with pytest.raises(OutputError, match=r"notices\.jsonl"):
                folder.compose(["a", "never done"])
        assert (out / "notices.jsonl").read_text() == f"{LINE}\n"
        assert list(out.rglob("*.tmp")) == []

    def test_leftovers_of_a_killed_run_are_cleared_and_the_rest_is_not(self, out: Path) -> None:
        leftovers = [place / temporary_name("a.txt") for place in (out, out / "texts", out / ".work")]
        own = [out / "mine.tmp", out / "texts" / "a.txt.tmp", out / ".work" / ".a.json.0123.tmp"]
        for path in (*leftovers, *own):
            path.write_text("half", encoding="utf-8")
        with opened(out):
            assert sorted(out.rglob("*.tmp")) == sorted(own)

    def test_undecodable_file_names_can_be_reported(self, out: Path) -> None:
        with opened(out) as folder:
            folder.write_report({"name": "a\udcff.txt"})
        assert b'"a\\udcff.txt"' in (out / "run.json").read_bytes()

    def test_two_runs_do_not_share_a_folder(self, out: Path) -> None:
        with opened(out), pytest.raises(SettingsError, match="another run"), opened(out):
            pass

    def test_a_file_in_the_folders_place_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        for path in (tmp_path / "file", tmp_path / "file" / "below"):
            with pytest.raises(SettingsError, match=r"cannot be used as output folder .*--out"), opened(path):
                pass


class TestReading:
    def test_a_folder_without_notices_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match=r"holds no notices\.jsonl"):
            list(stored_lines(tmp_path))

    def test_a_line_that_is_no_notice_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "notices.jsonl").write_text(f"{LINE}\n[1]\n", encoding="utf-8")
        with pytest.raises(InputError, match=r"notices\.jsonl:2: "):
            list(stored_lines(tmp_path))

    def test_a_text_other_than_the_notices_is_refused(self, out: Path) -> None:
        with pytest.raises(InputError, match="not the text"):
            stored_text(out, "a", "0" * 64)
        with pytest.raises(InputError, match="cannot be read"):
            stored_text(out, "b", "0" * 64)
