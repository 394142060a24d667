"""A process that is ended from outside still has its sentence said."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest
from checkout import module_path

SCRIPT = """
import os, signal, sys
from extractor.processes.last_words import last_words
with last_words("error: 作业中断"):
    {inside}
"""


def done(inside: str) -> tuple[int, str]:
    environment = {**os.environ, "PYTHONPATH": module_path(), "PYTHONIOENCODING": "utf-8"}
    script = SCRIPT.format(inside=inside)
    ran = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, check=False)
    return ran.returncode, ran.stderr.decode()


@pytest.mark.parametrize(
    ("inside", "status"), [("os._exit(1)", 1), ("os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL)]
)
def test_a_process_that_ends_without_a_word_has_its_sentence_said(inside: str, status: int) -> None:
    assert done(inside) == (status, "error: 作业中断\n")


def test_one_that_ends_by_itself_has_not() -> None:
    assert done("pass") == (0, "")
    assert done("sys.exit('error: another')") == (1, "error: another\n")
