"""The recogniser of printed lines: rapidocr with the models of its wheel, offline, without its direction classifier.

The classifier turns long lines upside down; pages are turned as a whole instead (``scanned_lines``).
"""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Picture = NDArray[Any]

ENGINE = "rapidocr"
_MOST_THREADS = 4  # each takes address space of its own
_MODEL_BYTES = 1_000_000_000  # of address space for libraries and models, beyond what a document may take


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

    def boxes(self, picture: Picture) -> Picture:
        """Return the four corners of each line, in pixels, clockwise from the upper left."""
        import numpy

        found = self._engine(picture, use_det=True, use_cls=False, use_rec=False)
        corners = getattr(found, "boxes", None)
        return numpy.zeros((0, 4, 2)) if corners is None else numpy.asarray(corners, dtype=float)

    def lines(self, strips: Sequence[Picture]) -> list[LineText]:
        """Return the text of each strip, which holds one level line."""
        if not strips:
            return []
        found = self._engine.recognize_txt(list(strips))
        return [_line(text, words) for text, words in zip(found.txts or (), found.word_results, strict=True)]


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
    wanted = soft + _MODEL_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))
