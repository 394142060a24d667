"""Folders of others are refused, our own are known, those of earlier versions too."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from cli_examples import NOTICE, Finished, command, command_apart, outcomes, write
from service_example import Client, serving

from extractor.disk.marker import MARKER

SERVE = ("serve", "--port", "0", "--log-level", "error", "--data")


def listing(folder: Path) -> dict[str, bytes | None]:
    """All that stands below a folder, with the files' contents."""
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


def run(place: Path, out: str = "out") -> Finished:
    """Run over a notice beside the folder."""
    write(place, a=NOTICE)
    return command("run", "a.txt", "--backend", "rules", "--out", out, cwd=place)


def as_earlier_version_left_it(folder: Path) -> None:
    """Take away what tells a folder to be this version's."""
    (folder / MARKER).unlink()


class TestRun:
    @pytest.mark.parametrize(
        "files",
        [
            {"报告.docx": "words"},
            {"notices.jsonl": '{"notice_id":"mine"}\n'},
            {"run.json": '{"scripts":{}}', "notices.jsonl": ""},
            {"texts/a.txt": "my own text", "texts/half.tmp": "mine"},
            {".work/lock": "", ".work/a.json": '{"key":1}'},
            {MARKER: "", "a.txt": ""},
            {MARKER: '{"kind":"photos","version":1}'},
            {MARKER: '{"kind":"run","version":99}'},
            {MARKER: "{" * 100_000},
        ],
        ids=" ".join,
    )
    def test_a_folder_of_ones_own_is_refused_and_untouched(self, files: dict[str, str], tmp_path: Path) -> None:
        for name, content in files.items():
            path = tmp_path / "out" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        before = listing(tmp_path / "out")
        done = run(tmp_path)
        assert (done.status, done.out) == (2, "")
        assert done.err.startswith("error: out: ") and done.err.endswith("; choose another with --out\n")
        assert done.err.count("\n") == 1
        assert MARKER in files or min(name.partition("/")[0] for name in files) in done.err
        assert listing(tmp_path / "out") == before

    def test_the_folder_of_the_inputs_is_refused(self, tmp_path: Path) -> None:
        write(tmp_path, a=NOTICE)
        done = command("run", ".", "--backend", "rules", "--out", ".", cwd=tmp_path)
        assert (done.status, listing(tmp_path)) == (2, {"a.txt": NOTICE.encode()})
        assert done.err == "error: .: is not a run's folder, it holds a.txt; choose another with --out\n"

    @pytest.mark.parametrize("litter", [(), (".DS_Store", "Thumbs.db", "desktop.ini")])
    def test_an_empty_folder_is_taken(self, litter: tuple[str, ...], tmp_path: Path) -> None:
        (tmp_path / "out").mkdir()
        for name in litter:
            (tmp_path / "out" / name).touch()
        assert run(tmp_path).status == 0
        assert json.loads((tmp_path / "out" / MARKER).read_bytes()) == {"kind": "run", "version": 1}
        assert run(tmp_path).status == 0
        assert outcomes(tmp_path / "out") == {"a.txt": "unchanged"}

    def test_a_link_to_a_folder_of_ours_is_the_users_own(self, tmp_path: Path) -> None:
        assert run(tmp_path, "elsewhere").status == 0
        (tmp_path / "out").symlink_to("elsewhere")
        assert run(tmp_path).status == 0

    @pytest.mark.parametrize("stopped", [False, True])
    def test_an_earlier_versions_is_known_and_marked(self, stopped: bool, tmp_path: Path) -> None:
        """Also where its run was stopped before it had said anything."""
        assert run(tmp_path).status == 0
        as_earlier_version_left_it(tmp_path / "out")
        for name in ("notices.jsonl", "run.json") if stopped else ():
            (tmp_path / "out" / name).unlink()
        (tmp_path / "out" / "mine.txt").write_text("a note")
        done = run(tmp_path)
        assert (done.status, done.err) == (0, "")
        assert outcomes(tmp_path / "out") == {"a.txt": "unchanged"}
        assert (tmp_path / "out" / MARKER).exists()
        assert (tmp_path / "out" / "mine.txt").read_text() == "a note"

    def test_a_marker_that_is_a_pipe_or_a_link_is_none(self, tmp_path: Path) -> None:
        assert run(tmp_path).status == 0
        (tmp_path / "out" / MARKER).rename(tmp_path / "marker")
        for put in (lambda path: path.symlink_to(tmp_path / "marker"), os.mkfifo):
            put(tmp_path / "out" / MARKER)
            done = run(tmp_path)
            assert (done.status, f"its {MARKER} cannot be read" in done.err) == (2, True)
            (tmp_path / "out" / MARKER).unlink()


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a service that was killed; it holds a notice."""
    data = tmp_path_factory.mktemp("service") / "data"
    with serving(data, "--workers", "1") as service, Client(service.port) as client:
        client.done({"a.txt": NOTICE.encode()})
    return data


@pytest.fixture
def data(killed: Path, tmp_path: Path) -> Path:
    """The folder of a service of one's own."""
    return Path(shutil.copytree(killed, tmp_path / "data"))


class TestService:
    def test_a_folder_of_ones_own_is_refused_and_untouched(self, tmp_path: Path) -> None:
        uploads = tmp_path / "data" / "uploads"
        (uploads / "2024").mkdir(parents=True)
        (uploads / "thesis.docx").write_text("years of work")
        (uploads / "2024" / "photo.jpg").write_text("once only")
        before = listing(tmp_path)
        done = command_apart(*SERVE, "data", cwd=tmp_path)
        assert (done.status, done.out) == (2, "")
        assert "data: is not a service's folder, it holds uploads; choose another folder with --data" in done.err
        assert listing(tmp_path) == before

    def test_it_sweeps_names_of_its_own_form_only(self, data: Path) -> None:
        kept = ["thesis.docx", "tmp", "x.tmp", "0123", "export-2024", f"{'0' * 31}g"]
        left = ["0" * 32, f"{'a' * 32}-12", f"{'a' * 32}-archive", "export-abcd_123"]
        for name in (*kept, *left):
            (data / "uploads" / name).write_text("")
        with serving(data, "--workers", "1"):
            assert sorted(path.name for path in (data / "uploads").iterdir()) == sorted(kept)

    def test_an_earlier_versions_is_known_and_marked(self, data: Path, tmp_path: Path) -> None:
        """Where changes stand beside the database after a kill, and of a copy of the database alone."""
        as_earlier_version_left_it(data)
        with serving(data, "--workers", "1") as service, Client(service.port) as client:
            assert client.ask("/v1/notices").json()["total"] == 1
            service.stop()
        assert json.loads((data / MARKER).read_bytes()) == {"kind": "service", "version": 1}
        (tmp_path / "restored").mkdir()
        shutil.copy(data / "notices.sqlite", tmp_path / "restored")
        with serving(tmp_path / "restored", "--workers", "1") as service, Client(service.port) as client:
            assert client.ask("/v1/notices").json()["total"] == 1

    def test_uploads_that_are_no_folder_are_not_followed(self, data: Path, tmp_path: Path) -> None:
        (data / "uploads").rename(tmp_path / "mine")
        (tmp_path / "mine" / ("0" * 32)).write_text("mine")
        for put in (Path.touch, lambda path: path.symlink_to(tmp_path / "mine")):
            put(data / "uploads")
            done = command_apart(*SERVE, "data", cwd=tmp_path)
            assert (done.status, "uploads: is no folder" in done.err) == (2, True)
            (data / "uploads").unlink()
        assert (tmp_path / "mine" / ("0" * 32)).read_text() == "mine"

    def test_anothers_database_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "data").mkdir()
        with closing(sqlite3.connect(tmp_path / "data" / "notices.sqlite")) as database:
            database.execute("CREATE TABLE notices (mine TEXT)")
        done = command_apart(*SERVE, "data", cwd=tmp_path)
        assert (done.status, "is not a service's folder, it holds notices.sqlite" in done.err) == (2, True)

    @pytest.mark.usefixtures("data")
    def test_it_and_a_run_keep_apart(self, tmp_path: Path) -> None:
        assert run(tmp_path).status == 0
        done = command_apart(*SERVE, "out", cwd=tmp_path)
        assert (done.status, "out: is a run's folder, not a service's folder" in done.err) == (2, True)
        done = run(tmp_path, "data")
        assert (done.status, "data: is a service's folder, not a run's folder" in done.err) == (2, True)

    def test_what_it_keeps_is_its_owners_alone(self, killed: Path) -> None:
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in killed.iterdir() if path.name != "log"}
        assert set(modes.values()) == {0o600, 0o700}
        assert {name for name, mode in modes.items() if mode == 0o700} == {"uploads"}
