"""The progress of recognition, page by page, for whoever listens: a terminal, and a parent that waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class PageProgress(NamedTuple):
    """The page of a document that is being recognised, and the number of its pages."""

    page: int
    of: int


class _Listener:
    """The one listener of this process."""

    tell: Callable[[PageProgress], None] = staticmethod(lambda _: None)


def listen(tell: Callable[[PageProgress], None]) -> None:
    """Let ``tell`` receive each page that is begun in this process."""
    _Listener.tell = staticmethod(tell)


def begin_page(page: int, of: int) -> None:
    """Tell that page ``page`` (from 1) is begun."""
    _Listener.tell(PageProgress(page, of))
