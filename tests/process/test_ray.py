"""``python -m extractor run --engine ray``: the records of a run whatever dies, a clear sentence for what is wrong."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import duckdb
import pyarrow as pa
import pytest
from checkout import ROOT, module_path
from cli_examples import NOTICE, Finished, command, ended, notices, start, wait_for, write
from fake_endpoint import Serving
from model_examples import POOR, SHORT, Runs, bodies, long, settle
from pyarrow import parquet as pq
from storage_server import storage

from extractor.cluster.remote_files import place_of, write_whole
from extractor.cluster.storage_hold import held_storage
from extractor.disk import system

if TYPE_CHECKING:
    from ray.cluster_utils import Cluster

pytest.importorskip("ray")

KIN = ("duplicate", "maybe_duplicate")
"""The checks about what notices are to each other."""
QUESTIONS = ROOT / "docs" / "questions.md"
ANSWERS = "dull_model:answer"
MANY = 160
"""Notices of a job that is disturbed: four batches."""


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A cluster of two nodes on this machine; the second may be lost."""
    from ray.cluster_utils import Cluster

    before = dict(os.environ)
    os.environ.update(PYTHONPATH=module_path(), RAY_AUTH_MODE="disabled", RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO="0")
    made = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    yield made
    made.shutdown()
    os.environ.clear()
    os.environ.update(before)


class Jobs:
    """Jobs on the cluster in a folder of their own."""

    def __init__(self, cluster: Cluster, folder: Path) -> None:
        self.cluster = cluster
        self.folder = folder

    def start(self, *paths: str, out: str, options: tuple[str, ...] = ()) -> subprocess.Popen[bytes]:
        where = ("--engine", "ray", "--ray-address", self.cluster.address, "--out", out)
        return start("run", *paths, *where, *options, cwd=self.folder)

    def run(self, *paths: str, out: str, options: tuple[str, ...] = ()) -> Finished:
        return ended(self.start(*paths, out=out, options=options))

    def rows(self, out: str) -> list[dict[str, Any]]:
        """The rows of the dataset of notices, in the order of its batches."""
        files = sorted((self.folder / out / "notices").glob("*/*.parquet"))
        return [row for file in files for row in pq.read_table(file, partitioning=None).to_pylist()]

    def records(self, out: str) -> list[dict[str, Any]]:
        """The records of a job, in the order of its batches."""
        return [json.loads(row["record"]) for row in self.rows(out) if row["record"]]

    def totals(self, out: str) -> dict[str, int]:
        totals: dict[str, int] = json.loads((self.folder / out / "manifest.json").read_bytes())["totals"]
        return totals

    def data(self, out: str) -> dict[str, bytes]:
        """All files of a job but the manifest, which says when it ran."""
        folder = self.folder / out
        return {
            str(path.relative_to(folder)): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.name not in ("manifest.json", ".lock")
        }


@pytest.fixture
def jobs(cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Jobs:
    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")
    return Jobs(cluster, tmp_path)


def variant(number: int) -> str:
    return NOTICE.replace("5人", f"{number + 1}人")


def parquet_of_bytes(path: Path, texts: dict[str, str]) -> None:
    """Write what ``ray.data.read_binary_files(…, include_paths=True).write_parquet`` does."""
    rows = [{"path": name, "bytes": text.encode()} for name, text in texts.items()]
    pq.write_table(pa.Table.from_pylist(rows), path)


def test_files_of_every_kind_have_the_records_of_a_run_and_a_restart_does_what_is_missing(jobs: Jobs) -> None:
    folder = jobs.folder / "in"
    folder.mkdir()
    for number in range(3):
        (folder / f"n{number}.txt").write_text(variant(number), encoding="utf-8")
    with zipfile.ZipFile(folder / "more.zip", "w") as archive:
        archive.writestr("z.txt", variant(3))
    (folder / "broken.docx").write_bytes(b"PK\x03\x04 nothing of a document")
    wide = "a" * 48_000_000 + "\U00020000"  # each letter takes four bytes
    (folder / "wide.txt").write_text(wide, encoding="utf-8")
    assert command("run", "in", "--out", "plain", "--memory", "300", "--jobs", "1", cwd=jobs.folder).status == 1
    parquet_of_bytes(jobs.folder / "rows.parquet", {"p.txt": variant(4), "bad.docx": "PK\x03\x04"})

    done = jobs.run("in", "rows.parquet", out="out", options=("--memory", "300"))
    assert done.status == 1
    rows = jobs.rows("out")
    by_id = {row["notice_id"]: alone(json.loads(row["record"])) for row in rows if row["record"]}
    plain = {notice["notice_id"]: alone(notice) for notice in notices(jobs.folder / "plain")}
    assert {name: by_id[name] for name in plain} == plain
    assert set(by_id) - set(plain) == {"p"}
    assert [row["notice_id"] for row in rows] == ["broken", "z", "n0", "n1", "n2", "wide", "p", "bad"]
    errors = {row["input"]: row["error"] for row in rows if row["status"] == "failed"}
    assert len(errors) == 3
    assert "needs more memory than a document may take" in errors["in/wide.txt"]
    assert len(done.err.splitlines()) == 3  # a sentence for each of them, and no word of Ray's own

    (folder / "wide.txt").unlink()
    (folder / "broken.docx").write_text("", encoding="utf-8")
    (folder / "n1.txt").write_text(variant(9), encoding="utf-8")
    (folder / "n9.txt").write_text(variant(8), encoding="utf-8")
    before = {row["input"]: own(row) for row in rows}
    again = jobs.run("in", "rows.parquet", out="out", options=("--memory", "300"))
    assert again.status == 1
    assert jobs.totals("out")["done"] == 2
    assert jobs.totals("out")["unchanged"] == 4
    after = {row["input"]: own(row) for row in jobs.rows("out")}
    changed = {name for name, row in after.items() if row != before.get(name)}
    assert {"in/n1.txt", "in/n9.txt"} <= changed <= {"in/n1.txt", "in/n9.txt", "in/broken.docx"}
    assert set(before) - set(after) == set()  # what is given no more stays
    assert "in/wide.txt" in after
    counted = duckdb.connect().execute(documented_sql(jobs.folder / "out")).fetchall()
    assert sum(row[1] for row in counted) == 12  # of six notices, two each

    assert jobs.run("in/n0.txt", "in/n1.txt", out="out", options=("--replace",)).status == 0
    assert {row["input"] for row in jobs.rows("out")} == {"in/n0.txt", "in/n1.txt"}
    assert jobs.totals("out")["unchanged"] == 2


def documented_sql(dataset: Path) -> str:
    """The query that docs/scale.md shows, about a dataset."""
    shown = re.search(r"```sql\n(.*?)```", (ROOT / "docs" / "scale.md").read_text(encoding="utf-8"), re.DOTALL)
    assert shown is not None
    return shown[1].replace("'dataset/", f"'{dataset}/")


def test_ray_data_reads_what_a_job_writes_and_a_job_what_ray_data_writes(jobs: Jobs) -> None:
    (jobs.folder / "in").mkdir()
    write(jobs.folder / "in", a=variant(1), b=variant(2))
    assert jobs.run("in", out="out").status == 0
    done = subprocess.run(
        [sys.executable, "-c", RAY_DATA, jobs.cluster.address], cwd=jobs.folder, capture_output=True, check=True
    )
    assert done.stdout.decode().split()[-2:] == ["2", "a,b"]
    assert jobs.run("rows", out="again").status == 0
    assert jobs.records("out") == jobs.records("again")


RAY_DATA = """
import os, sys
import ray
ray.init(address=sys.argv[1], log_to_driver=False)
here = os.getcwd()
ray.data.read_binary_files(f"{here}/in", include_paths=True).write_parquet(f"{here}/rows")
rows = ray.data.read_parquet(f"{here}/out/notices").take_all()
print(len(rows), ",".join(sorted(row["notice_id"] for row in rows)))
"""


def own(row: dict[str, Any]) -> tuple[Any, ...]:
    """What a row says of its input alone."""
    return row["status"], row["error"], row["record"] and alone(json.loads(row["record"]))


def alone(notice: dict[str, Any]) -> dict[str, Any]:
    """A notice without what it is to others."""
    own = {name: value for name, value in notice.items() if name not in ("duplicate_of", "series", "edition")}
    return own | {"checks": [check for check in own["checks"] if not check["code"].startswith(KIN)]}


def test_copies_count_once_as_in_a_run_whenever_they_come_and_go(jobs: Jobs) -> None:
    write(jobs.folder, first=NOTICE, other=NOTICE.replace("6月5日", "6月9日"), copy=NOTICE)
    assert command("run", "first.txt", "other.txt", "copy.txt", "--out", "plain", cwd=jobs.folder).status == 0
    assert jobs.run("first.txt", "other.txt", out="out").status == 0
    assert jobs.run("copy.txt", out="out").status == 0
    plain = {notice["notice_id"]: notice for notice in notices(jobs.folder / "plain")}
    assert {notice["notice_id"]: notice for notice in jobs.records("out")} == plain
    assert plain["first"]["duplicate_of"] == "copy"
    assert jobs.totals("out")["duplicates"] == 1

    made = {out: jobs.folder / f"made-{out}" for out in ("plain", "out")}
    for out, folder in made.items():
        assert command("report", out, "--to", folder / "report.html", cwd=jobs.folder).status == 0
        for name in ("a.csv", "a.parquet", "a.xlsx", "a.duckdb"):
            done = command("export", out, "--to", folder / name, cwd=jobs.folder)
            assert (done.status, done.err) == (0, "")
    for path in made["plain"].iterdir():
        if path.suffix != ".duckdb":  # whose bytes differ from run to run
            assert (made["out"] / path.name).read_bytes() == path.read_bytes(), path
    asked = re.findall(r"^```sql\n(.*?)^```$", QUESTIONS.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    with (
        duckdb.connect(str(made["plain"] / "a.duckdb"), read_only=True) as database,
        duckdb.connect() as dataset,
    ):
        dataset.execute(f"SET file_search_path = '{jobs.folder / 'out'}'")
        dataset.execute((jobs.folder / "out" / "views.sql").read_text(encoding="utf-8"))
        for query in (each for each in asked if not each.startswith("-- SQLite")):
            assert sorted(dataset.execute(query).fetchall()) == sorted(database.execute(query).fetchall()), query

    assert jobs.run("first.txt", "other.txt", out="out", options=("--replace",)).status == 0
    assert jobs.run("first.txt", "other.txt", out="alone").status == 0
    assert jobs.data("out") == jobs.data("alone")


def test_what_is_killed_is_done_again_to_the_same_bytes(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    (jobs.folder / "in").mkdir()
    for number in range(MANY):
        (jobs.folder / "in" / f"n{number:03d}.txt").write_text(variant(number), encoding="utf-8")
    undisturbed = jobs.run("in", out="calm")
    assert (undisturbed.status, undisturbed.err) == (0, "")
    wanted = jobs.data("calm")

    driver = jobs.start("in", out="killed")
    wait_for(entry(jobs, "killed", 0), driver)
    driver.kill()
    driver.communicate()
    assert len(jobs.data("killed")) < len(wanted)
    assert jobs.run("in", out="killed").status == 0
    assert jobs.totals("killed")["unchanged"] >= 50
    assert jobs.data("killed") == wanted

    driver = jobs.start("in", out="stopped")
    wait_for(entry(jobs, "stopped", 0), driver)
    driver.send_signal(signal.SIGINT)
    stopped = ended(driver)
    assert stopped.status == 130
    assert re.match(r"error: interrupted: .* pending; .*the same command goes on from there\n$", stopped.err)
    assert jobs.totals("stopped")["pending"] > 0
    assert jobs.run("in", out="stopped").status == 0
    assert jobs.data("stopped") == wanted

    node = jobs.cluster.add_node(num_cpus=1)
    driver = jobs.start("in", out="lost")
    wait_for(entry(jobs, "lost", 0), driver)
    for worker in workers(jobs.cluster.head_node.all_processes["raylet"][0].process.pid):
        os.kill(worker, signal.SIGKILL)
    jobs.cluster.remove_node(node, allow_graceful=False)
    lost = ended(driver)
    assert (lost.status, lost.err) == (0, "")
    assert jobs.data("lost") == wanted

    monkeypatch.setenv("RAY_gcs_rpc_server_reconnect_timeout_s", "1")
    driver = start("run", "in", "--engine", "ray", "--jobs", "1", "--out", "gone", cwd=jobs.folder)
    monkeypatch.delenv("RAY_gcs_rpc_server_reconnect_timeout_s")
    wait_for(entry(jobs, "gone", 0), driver)
    for pid in engine(driver.pid):  # the whole cluster, and with it Ray ends the driver
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    gone = ended(driver)
    assert gone.status != 0
    assert gone.err.endswith(  # behind what Ray itself says
        "error: gone: the job was cut off, since its process or Ray's on this machine was ended, as for want of "
        "memory; finished batches are kept; the same command goes on from there\n"
    )
    assert len(jobs.data("gone")) < len(wanted)
    assert jobs.run("in", out="gone").status == 0
    assert jobs.data("gone") == wanted


def entry(jobs: Jobs, out: str, batch: int) -> Path:
    return jobs.folder / out / ".batches" / f"{batch:05d}.json"


def engine(driver: int) -> list[int]:
    """The processes of the cluster that a driver started."""
    return [each for child in children(driver) if "-I" not in child.name.split() for each in below(child)]


class Process(NamedTuple):
    pid: int
    name: str


def children(pid: int) -> Iterator[Process]:
    listed = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    for line in listed.stdout.splitlines():
        child, _, name = line.strip().partition(" ")
        yield Process(int(child), name)


def below(process: Process) -> Iterator[int]:
    """Yield a process, and those that it and others below it started."""
    yield process.pid
    for child in children(process.pid):
        yield from below(child)


def workers(raylet: int) -> Iterator[int]:
    """Yield the processes of a node that do tasks."""
    yield from (child.pid for child in children(raylet) if child.name.startswith("ray::task"))


def test_a_storage_is_read_and_written_as_a_folder_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, b=variant(1), 甲=variant(2))
    assert command("run", "b.txt", "甲.txt", "--out", "plain", cwd=tmp_path).status == 0
    assert command("export", "plain", "--to", "plain/a.csv", cwd=tmp_path).status == 0
    with storage() as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        for name in ("b.txt", "甲.txt"):
            place = place_of(f"s3://bucket/档案 1/{name}")
            write_whole(place, (tmp_path / name).read_bytes())
        address = ("--out", "s3://bucket/结果 1", "--engine", "ray", "--jobs", "1")
        done = ended(start("run", "s3://bucket/档案 1", *address, cwd=tmp_path))
        assert (done.status, done.err) == (0, "")
        done = command("export", "s3://bucket/结果 1", "--to", "stored/a.csv", cwd=tmp_path)
        assert (done.status, done.err) == (0, "")
        for path in (tmp_path / "stored").iterdir():
            assert path.read_bytes() == (tmp_path / "plain" / path.name).read_bytes(), path
        assert not any(name.endswith(".alive") for name in server.objects)

        options = ("--engine", "ray", "--out")
        done = command("run", "b.txt", *options, "s3://locked/out", cwd=tmp_path)
        assert (done.status, len(done.err.splitlines())) == (2, 1)
        assert done.err.startswith("error: s3://locked/out: cannot be used as output folder (")
        with held_storage(place_of("s3://bucket/out")):
            done = command("run", "b.txt", *options, "s3://bucket/out", cwd=tmp_path)
        assert (done.status, done.err.count("another job is writing there")) == (2, 1)


class TestWhatIsWrongIsOneSentence:
    def said(self, folder: Path, *options: str) -> str:
        (folder / "a.txt").write_text(NOTICE, encoding="utf-8")
        done = command("run", "a.txt", "--engine", "ray", *options, cwd=folder)
        assert done.status == 2
        (line,) = done.err.splitlines()
        return line

    def test_nothing_answers_at_the_address(self, tmp_path: Path) -> None:
        said = self.said(tmp_path, "--ray-address", "127.0.0.1:9")
        assert said.startswith("error: no Ray cluster answers at 127.0.0.1:9 (Connection refused); check --ray-address")

    def test_the_address_is_none(self, tmp_path: Path) -> None:
        for address in ("head", "ray://head:10001"):
            said = self.said(tmp_path, "--ray-address", address)
            assert "is no address of a Ray cluster that this machine is part of" in said

    def test_the_target_cannot_be_written(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_bytes(b"")
        said = self.said(tmp_path, "--out", "file/out")
        assert said.startswith("error: file/out: cannot be used as output folder (")

    def test_the_target_is_another_folder(self, tmp_path: Path) -> None:
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / "mine.doc").write_bytes(b"")
        assert "is not a folder of datasets, it holds mine.doc" in self.said(tmp_path, "--out", "out")

    def test_another_job_writes_there(self, tmp_path: Path) -> None:
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / ".notice-extractor").write_bytes(b'{"kind": "dataset", "version": 1}\n')
        with system.open_lock(tmp_path / "out" / ".lock") as lock:
            assert system.lock(lock) != "busy"
            assert "another job is writing there" in self.said(tmp_path, "--out", "out")


class TestWithAModel:
    ANSWERED = 8  # requests that the three notices take

    @pytest.fixture
    def runs(self, server: Serving, jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> Runs:
        settle(monkeypatch)
        write(jobs.folder, long=long(), poor=POOR, short=SHORT)
        server.script()
        return Runs(server, jobs.folder)

    def options(self, runs: Runs, *more: str) -> tuple[str, ...]:
        return ("--base-url", runs.server.base_url, "--model", "fake", "--cache-dir", "cache", *more)

    def test_the_records_are_those_of_a_run_and_nothing_is_asked_twice(self, runs: Runs, jobs: Jobs) -> None:
        plain = notices(runs.run("long.txt", "poor.txt", "short.txt"))
        assert len(bodies(runs.server)) == self.ANSWERED

        runs.server.script(faults={2: {"kind": "stall", "seconds": 300}, 3: {"kind": "stall", "seconds": 300}})
        options = self.options(runs, "--concurrency", "2")
        driver = jobs.start("long.txt", "poor.txt", "short.txt", out="out", options=options)
        self.wait_for_requests(runs, 4, driver)  # two are answered, two under way
        driver.kill()
        driver.communicate()
        asked = bodies(runs.server)

        runs.server.script()
        done = jobs.run("long.txt", "poor.txt", "short.txt", out="out", options=options)
        assert (done.status, done.err) == (0, "")
        assert jobs.records("out") == plain
        asked += bodies(runs.server)
        assert len(asked) == self.ANSWERED + 2
        assert len(set(asked)) == self.ANSWERED

        runs.server.script()
        assert jobs.run("long.txt", "poor.txt", "short.txt", out="again", options=options).status == 0
        assert bodies(runs.server) == []
        assert jobs.rows("again") == jobs.rows("out")

    def test_a_worker_that_dies_asks_nothing_again_and_a_lost_account_is_one_sentence(
        self, runs: Runs, jobs: Jobs
    ) -> None:
        raylet = jobs.cluster.head_node.all_processes["raylet"][0].process.pid
        runs.server.script(faults={3: {"kind": "stall", "seconds": 300}})
        driver = jobs.start("long.txt", "poor.txt", "short.txt", out="out", options=self.options(runs))
        self.wait_for_requests(runs, 4, driver)
        for worker in workers(raylet):
            os.kill(worker, signal.SIGKILL)
        self.wait_for_requests(runs, self.ANSWERED, driver)
        assert len(set(bodies(runs.server))) == len(bodies(runs.server)) == self.ANSWERED
        (account,) = (child.pid for child in children(raylet) if child.name.startswith("ray::CallAccount"))
        os.kill(account, signal.SIGKILL)
        lost = ended(driver)
        assert lost.status == 1
        assert re.fullmatch(r"error: a batch failed on the engine \(\w+\); the same command goes on\n", lost.err)

    def wait_for_requests(self, runs: Runs, number: int, driver: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + 60
        while len(bodies(runs.server)) < number:
            assert driver.poll() is None, driver.communicate()
            assert time.monotonic() < deadline, len(bodies(runs.server))
            time.sleep(0.05)

    def test_a_budget_holds_for_all(self, runs: Runs, jobs: Jobs) -> None:
        done = jobs.run("long.txt", "short.txt", out="out", options=self.options(runs, "--budget-tokens", "100"))
        assert done.status == 3
        assert bodies(runs.server) == []
        assert jobs.totals("out")["unanswered"] > 0
