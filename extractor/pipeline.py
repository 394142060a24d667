"""The way of a notice, top to bottom: file → ingest → text → outline → facts → record → checks → store.

``extractor.runs`` takes many notices this way, in several processes, and leaves out those that went it before.
"""

from __future__ import annotations

from typing import NamedTuple

from extractor.assemble import assemble
from extractor.checks import Lang, check
from extractor.contract import Notice
from extractor.files.ingest import ingest
from extractor.files.source import Source
from extractor.files.store import Counts, RunFolder
from extractor.notice.reader import read_by_rules


def extract(text: str, *, notice_id: str = "notice", lang: Lang = "zh") -> Notice:
    """Extract a notice from its plain text by rules alone.

    ``text`` is used as it is: spans in the result are code points into exactly this string. Any text is taken; one that
    is no notice gives a record without issues and with checks that say so, in Chinese or English by ``lang``.
    """
    reading = read_by_rules(text)
    notice = assemble(text, reading, notice_id)
    return notice.model_copy(update={"checks": check(notice, text, reading, lang)})


class Extracted(NamedTuple):
    """A notice's record and the plain text that its spans index."""

    text: str
    notice: Notice


def extract_file(source: Source, data: bytes, *, notice_id: str, lang: Lang = "zh") -> Extracted:
    """Extract a notice from a file's raw bytes; ``source`` says what the file is named.

    Raises:
        InputError: the file cannot be read as a notice's text.
    """
    text = ingest(source, data).text
    return Extracted(text, extract(text, notice_id=notice_id, lang=lang))


def store(extracted: Extracted, folder: RunFolder, key: str) -> Counts:
    """Keep a finished notice in a run's folder under ``key``, and return what is counted of it.

    Raises:
        OutputError: the folder cannot be written.
    """
    text, notice = extracted
    counts: Counts = {
        "issues": len(notice.issues),
        "measures": sum(len(issue.measures) for issue in notice.issues),
        "checks": len(notice.checks),
        "coverage": notice.outline.coverage,
    }
    folder.save(notice.notice_id, key, text, notice.model_dump_json(), counts)
    return counts
