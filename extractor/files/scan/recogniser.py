"""The recogniser of printed lines: rapidocr with the models of its wheel, offline, without its direction classifier.

The classifier turns long lines upside down; pages are turned as a whole instead (``scanned_lines``).
"""

from __future__ import annotations

import functools
import math
import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Picture = NDArray[Any]

ENGINE = "rapidocr"
PAGE_SECONDS = 60
"""The most seconds that recognising one page may take."""

_AT_ONCE = 24  # strips between two looks at the clock
_MOST_THREADS = 4  # each takes address space of its own
MODEL_BYTES = 1_000_000_000
"""Bytes of address space for the libraries and models of recognition, beyond what a document may take."""


class SlowPageError(Exception):
    """A page takes more than ``PAGE_SECONDS``."""


class LineText(NamedTuple):
    """The text of one strip: a score from 0 to 1 and a place for each character.

    ``centres`` are shares of the strip's width.
    """

    text: str
    scores: tuple[float, ...]
    centres: tuple[float, ...]


@functools.cache
def engine_version() -> str:
    """Return the engine's name and version; "" where the extra is not installed."""
    if find_spec("rapidocr") is None or find_spec("onnxruntime") is None:
        return ""
    try:
        return f"{ENGINE} {version(ENGINE)}"
    except PackageNotFoundError:
        return ""


@functools.cache
def recogniser() -> Recogniser:
    """Return the recogniser of this process; the first call loads the models (about a second)."""
    _allow_models()
    return Recogniser()


class Recogniser:
    """Finds lines on a picture and reads them; pictures are arrays of height, width and three colours (blue first)."""

    def __init__(self) -> None:
        from rapidocr import RapidOCR

        self._engine = RapidOCR(
            params={
                "Global.use_cls": False,
                "Global.log_level": "critical",
                "Global.return_word_box": True,
                "Global.text_score": 0.0,
                "EngineConfig.onnxruntime.intra_op_num_threads": _threads(),
            }
        )

        self._turn = threading.RLock()
        self._deadline = math.inf

    @contextmanager
    def one_page(self) -> Iterator[None]:
        """Work for one caller on one page, within ``PAGE_SECONDS`` from now.

        Raises:
            SlowPageError: it takes longer.
            MemoryError: it needs more memory than this process may have.
        """
        with self._turn:
            self._deadline = time.monotonic() + PAGE_SECONDS
            _allow_processor()
            try:
                yield
            except Exception as error:
                if "bad_alloc" in str(error) or "Failed to allocate" in str(error):
                    raise MemoryError from error
                raise
            finally:
                self._deadline = math.inf

    def boxes(self, picture: Picture) -> Picture:
        """Return the four corners of each line, in pixels, clockwise from the upper left.

        Raises:
            SlowPageError: the page's time is over.
        """
        import numpy

        self._check_clock()
        found = self._engine(picture, use_det=True, use_cls=False, use_rec=False)
        corners = getattr(found, "boxes", None)
        return numpy.zeros((0, 4, 2)) if corners is None else numpy.asarray(corners, dtype=float)

    def lines(self, strips: Sequence[Picture]) -> list[LineText]:
        """Return the text of each strip, which holds one level line.

        Raises:
            SlowPageError: the page's time is over.
        """
        found: dict[int, LineText] = {}
        order = sorted(range(len(strips)), key=lambda number: strips[number].shape[1] / strips[number].shape[0])
        for start in range(0, len(order), _AT_ONCE):
            batch = order[start : start + _AT_ONCE]
            self._check_clock()
            read = self._engine.recognize_txt([strips[number] for number in batch])
            found.update(zip(batch, map(_line, read.txts or (), read.word_results), strict=True))
        return [found[number] for number in range(len(strips))]

    def _check_clock(self) -> None:
        if time.monotonic() > self._deadline:
            raise SlowPageError


def _line(text: str, words: Any) -> LineText:
    columns = iter([column for word in words.word_cols or () for column in word])
    width = max(1.0, float(words.line_txt_len or 1))
    scores = tuple(float(score) for score in words.confs or ())
    centres = tuple(_centres(text, columns, width))
    return LineText(text, (*scores, *(0.0 for _ in text[len(scores) :]))[: len(text)], centres)


def _centres(text: str, columns: Iterator[int], width: float) -> Iterator[float]:
    """Yield the place of each character; a blank has that of the character before it."""
    last = 0.0
    for character in text:
        if not character.isspace():
            last = (next(columns, 0) + 0.5) / width
        yield last


def _threads() -> int:
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(_MOST_THREADS, available)


def _allow_models() -> None:
    """Raise this process's limit on address space by what the models need, where it may be raised."""
    try:
        import resource
    except ModuleNotFoundError:  # not a POSIX system
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    if soft == resource.RLIM_INFINITY:
        return
    wanted = soft + MODEL_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


def _allow_processor() -> None:
    """Raise this process's limit on processor time by what one page may take, where there is one."""
    with suppress(ModuleNotFoundError, ValueError, OSError):
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
        if soft != resource.RLIM_INFINITY:
            wanted = int(time.process_time()) + PAGE_SECONDS * _threads()
            resource.setrlimit(resource.RLIMIT_CPU, (max(soft, wanted), hard))
