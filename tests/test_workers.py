"""The same done to many items in several processes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing

import pytest

from extractor.workers import map_in_order


def square(number: int) -> int:
    if number < 0:
        os._exit(3)  # as a parser that crashes would
    if number == 0:
        raise ZeroDivisionError
    return number * number


def names_known(_number: int) -> list[str]:
    return sorted(os.environ)


def crashed(number: int) -> int:
    return number


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_come_in_the_items_order(jobs: int) -> None:
    numbers = range(1, 100)
    assert list(map_in_order(square, numbers, jobs, crashed)) == [number * number for number in numbers]


def test_an_item_that_brings_its_process_down_is_told_and_the_others_go_on() -> None:
    assert list(map_in_order(square, [1, -7, 2, -8, 3], 2, crashed)) == [1, -7, 4, -8, 9]


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_the_function_raises_ends_the_work(jobs: int) -> None:
    with closing(map_in_order(square, [1, 0, 2], jobs, crashed)) as results:
        assert next(results) == 1
        with pytest.raises(ZeroDivisionError):
            next(results)


def test_an_interrupt_yields_what_is_done_first() -> None:
    def interrupted() -> Iterator[int]:
        yield from (1, 2)
        raise KeyboardInterrupt

    results = map_in_order(square, interrupted(), 2, crashed)
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

    with closing(map_in_order(square, numbers(), 2, crashed)) as results:
        next(results)
    assert len(taken) < 500


def test_processes_know_no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "MY_OWN_NAME_FOR_IT", "EXTRACTOR_BASE_URL", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "sk-planted")
    (known,) = map_in_order(names_known, [1], 2, lambda _: [])
    assert "PATH" in known
    assert not {"OPENAI_API_KEY", "MY_OWN_NAME_FOR_IT", "EXTRACTOR_BASE_URL", "AWS_SESSION_TOKEN"} & set(known)
