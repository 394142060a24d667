"""The same done to many items in several processes."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from extractor.processes.confinement import Allowance
from extractor.processes.workers import map_in_order


def square(number: int) -> int:
    if number < 0:
        os._exit(70)  # as a parser that crashes would
    if number == 0:
        raise ZeroDivisionError
    return number * number


def names_known(_number: int) -> list[str]:
    return sorted(os.environ)


def lost(number: int, why: str) -> int:
    assert why == "brought its worker process down, by a crash or for want of memory"
    return number


def busy(seconds: float) -> float:
    """Take so many seconds of processor time, negative ones by the clock."""
    begun = time.process_time()
    time.sleep(max(0.0, -seconds))
    while time.process_time() - begun < seconds:
        pass
    return seconds


def held(megabytes: int) -> int:
    return len(bytearray(megabytes * 1_000_000))


def told(name: object, why: str) -> str:
    return f"{name}: {why}"


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_come_in_the_items_order(jobs: int) -> None:
    numbers = range(1, 100)
    assert list(map_in_order(square, numbers, jobs, lost, Allowance())) == [number * number for number in numbers]


def test_an_item_that_brings_its_process_down_is_told_and_the_others_go_on() -> None:
    assert list(map_in_order(square, [1, -7, 2, -8, 3], 2, lost, Allowance())) == [1, -7, 4, -8, 9]


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_the_function_raises_ends_the_work(jobs: int) -> None:
    with closing(map_in_order(square, [1, 0, 2], jobs, lost, Allowance())) as results:
        assert next(results) == 1
        with pytest.raises(ZeroDivisionError):
            next(results)


def test_an_interrupt_yields_what_is_done_first() -> None:
    def interrupted() -> Iterator[int]:
        yield from (1, 2)
        raise KeyboardInterrupt

    results = map_in_order(square, interrupted(), 2, lost, Allowance())
    found = []
    with pytest.raises(KeyboardInterrupt):
        while True:
            found.append(next(results))
    assert found in ([], [1], [1, 4])  # what had not begun may be left out


def test_items_are_taken_as_they_are_needed() -> None:
    taken = []

    def numbers() -> Iterator[int]:
        for number in range(1, 1000):
            taken.append(number)
            yield number

    with closing(map_in_order(square, numbers(), 2, lost, Allowance())) as results:
        next(results)
    assert len(taken) < 500


def test_processes_know_no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "MY_OWN_NAME_FOR_IT", "EXTRACTOR_BASE_URL", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "sk-planted")
    (known,) = map_in_order(names_known, [1], 2, lambda _, __: [], Allowance())
    assert "PATH" in known
    assert not {"OPENAI_API_KEY", "MY_OWN_NAME_FOR_IT", "EXTRACTOR_BASE_URL", "AWS_SESSION_TOKEN"} & set(known)


def test_an_item_that_takes_too_much_processor_time_is_told_and_the_others_go_on() -> None:
    first, second, third = map_in_order(busy, [0.0, 90.0, 0.01], 1, told, Allowance(seconds=1))
    assert (first, third) == (0.0, 0.01)
    # On a busy machine the clock may be first.
    assert second in ("90.0: takes more than 1 s of processor time", "90.0: takes more than 4 s")


def test_an_item_that_takes_too_long_by_the_clock_is_told() -> None:
    results = list(map_in_order(busy, [-30.0, 0.0], 1, told, Allowance(seconds=1)))
    assert results == ["-30.0: takes more than 4 s", 0.0]


def test_an_item_that_takes_too_much_memory_is_told() -> None:
    allowance = Allowance(memory_bytes=400_000_000)
    results = list(map_in_order(held, [1, 800, 2], 1, told, allowance))
    assert results == [1_000_000, "800: needs more memory than a document may take", 2_000_000]
