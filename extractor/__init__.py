r"""Structured issues and measures from 巡视/巡察整改进展情况通报 (inspection rectification notices).

>>> from extractor import extract
>>> text = "县委第一巡察组对某镇党委开展了巡察。\n1.关于“学习不够”问题的整改。制定《学习计划》。"
>>> notice = extract(text)
>>> notice.issues[0].title, notice.issues[0].measures[0].documents[0].title
('学习不够', '学习计划')
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from extractor.version import __version__

if TYPE_CHECKING:
    from extractor.library import FinishedNotice, aread, aread_all, read, read_all
    from extractor.pipeline import ReadNotice, extract
    from extractor.record.contract import Notice

__all__ = [
    "FinishedNotice", "Notice", "ReadNotice", "__version__", "aread", "aread_all", "extract", "read", "read_all",
]  # fmt: skip

_HOMES = {
    "FinishedNotice": "extractor.library",
    "Notice": "extractor.record.contract",
    "ReadNotice": "extractor.pipeline",
    "aread": "extractor.library",
    "aread_all": "extractor.library",
    "extract": "extractor.pipeline",
    "read": "extractor.library",
    "read_all": "extractor.library",
}


def __getattr__(name: str) -> object:
    # Imported on first use: the command's --help must not wait for the records.
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
