"""Two processes on one cache, and processes that are killed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from answer_examples import key, record
from checkout import module_path

from extractor.endpoint.cache import AnswerCache

HAMMER = """
import sys
from pathlib import Path
from answer_examples import key, record
from extractor.endpoint.cache import AnswerCache

folder, me, rounds = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
print("ready", flush=True)
sys.stdin.readline()
hits = 0
with AnswerCache(folder) as cache:
    for turn in range(rounds):
        for name in range(20):
            content = f"{name} " * (1 + 700 * (name % 3))  # some far longer than others
            found = cache.get(key(name))
            if found is not None:
                hits += 1
                assert found.content == content, name
                assert found.task in ("one", "two"), found
            cache.put(key(name), record(content, task=me))
        cache.put(key((me, turn)), record(f"{me} {turn}"))
        print(turn, flush=True)
assert hits > 0
"""


def start(folder: Path, me: str, rounds: int) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-c", HAMMER, str(folder), me, str(rounds)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": module_path()},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    return process


def test_two_at_once_agree_and_lose_nothing(tmp_path: Path) -> None:
    processes = [start(tmp_path / "cache", me, 50) for me in ("one", "two")]  # neither finds a cache there
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(b"\n")
        process.stdin.flush()
    for process in processes:
        _, said = process.communicate(timeout=120)
        assert (process.returncode, said.decode()) == (0, "")
    with AnswerCache(tmp_path / "cache") as cache:
        for me in ("one", "two"):
            for turn in range(50):
                assert cache.get(key((me, turn))) == record(f"{me} {turn}")
        assert len(cache) == len(list(cache)) == 120


def test_what_was_put_before_a_kill_is_there(tmp_path: Path) -> None:
    for attempt in range(3):
        me = f"attempt {attempt}"
        process = start(tmp_path / "cache", "one", 100_000)
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"\n")
        process.stdin.flush()
        for _ in range(5):
            done = int(process.stdout.readline())
        process.kill()
        process.communicate()
        with AnswerCache(tmp_path / "cache") as cache:
            assert cache.get(key(("one", done))) == record(f"one {done}"), me
            assert all(cache.get(found) is not None for found in cache)
            cache.clear()
