"""The command in this process or in one of its own, and short notices to give it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import chdir
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any, NamedTuple

from checkout import module_path

from extractor.cli import main

NOTICE = """某县某镇党委关于巡察整改进展情况的通报
根据统一部署,2024年3月1日至4月30日,县委第一巡察组对某镇党委开展了巡察,6月5日反馈了意见。
一、整改进展情况
1.关于“理论学习不够”问题的整改。
一是召开党委会议3次。二是制定《学习计划》,开展培训2期。
2.关于“资金管理不严”问题的整改。
追缴违规资金1.5万元,约谈5人。
中共某镇委员会
2024年12月1日
"""
# A number that is none, whose five digits nobody can read as anything.
UNREAD = NOTICE.replace("约谈5人", "约谈5人,退还12.3.45万元")


def write(folder: Path, **texts: str) -> None:
    """Write ``name=text`` as ``name.txt`` each."""
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8", newline="")


def start(*arguments: str | Path, cwd: Path, before: Callable[[], None] | None = None) -> subprocess.Popen[bytes]:
    """Start the command in a process group of its own, with open standard input, and pipes for what it says."""

    def prepare() -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a test run in the background has it switched off
        if before is not None:
            before()

    pythonpath = module_path()
    return subprocess.Popen(
        [sys.executable, "-m", "extractor", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": pythonpath},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=prepare,  # noqa: PLW1509 - the tests have no threads
    )


class Finished(NamedTuple):
    """The exit status of a command, and what it printed on standard output and standard error."""

    status: int
    out: str
    err: str


def ended(process: subprocess.Popen[bytes], given: bytes = b"") -> Finished:
    """Give a process ``given`` as standard input, and wait for its end."""
    out, err = process.communicate(given, timeout=60)
    return Finished(process.returncode, out.decode(), err.decode())


def command(*arguments: str | Path, cwd: Path, given: bytes = b"") -> Finished:
    """Run the command to its end in this process, in the folder ``cwd``, with ``given`` as standard input.

    It enters where ``python -m extractor`` does. Where signals, limits, the streams themselves or what stays in a
    process matter, use ``command_apart``.
    """
    streams = [TextIOWrapper(BytesIO(given)), TextIOWrapper(BytesIO()), TextIOWrapper(BytesIO())]
    before = sys.stdin, sys.stdout, sys.stderr
    sys.stdin, sys.stdout, sys.stderr = streams
    try:
        with chdir(cwd):
            status = main([*map(str, arguments)])
    finally:
        sys.stdin, sys.stdout, sys.stderr = before
    return Finished(status, *(_printed(stream) for stream in streams[1:]))


def _printed(stream: TextIOWrapper) -> str:
    stream.flush()
    raw = stream.buffer
    assert isinstance(raw, BytesIO)
    return raw.getvalue().decode()


def command_apart(
    *arguments: str | Path, cwd: Path, given: bytes = b"", before: Callable[[], None] | None = None
) -> Finished:
    """Run the command to its end in a process of its own; ``before`` is called there first."""
    return ended(start(*arguments, cwd=cwd, before=before), given)


def wait_for(path: Path, process: subprocess.Popen[bytes]) -> None:
    """Return as soon as ``path`` exists; fail where the process ends first, or nothing happens for a minute."""
    deadline = time.monotonic() + 60
    while not path.exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.005)


def report(folder: Path) -> dict[str, Any]:
    """The run.json of a run's folder."""
    content: dict[str, Any] = json.loads((folder / "run.json").read_bytes())
    return content


def outcomes(folder: Path) -> dict[str, str]:
    """The outcome of each input by its name."""
    return {entry["name"]: entry["outcome"] for entry in report(folder)["inputs"]}


def notices(folder: Path) -> list[dict[str, Any]]:
    """The notices of a run's folder."""
    return [json.loads(line) for line in (folder / "notices.jsonl").read_bytes().splitlines()]


def ids(folder: Path) -> list[str]:
    """The ids of a run's notices, in their order."""
    return [notice["notice_id"] for notice in notices(folder)]
