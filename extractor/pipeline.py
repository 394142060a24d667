"""The way of a notice, top to bottom: file → ingest → fold → outline → facts → record → (model) → checks → store.

``extractor.runs.run`` takes many notices this way and leaves out those that went it before.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from extractor.files.ingest import ingest
from extractor.files.parts.left_out import LeftOut, told_of
from extractor.files.sources.source import Source
from extractor.notice.assemble import assemble, in_source
from extractor.notice.doubts import check
from extractor.notice.reading import read_by_rules
from extractor.omissions import named_omissions, with_omissions
from extractor.record.checks import Lang, said
from extractor.record.contract import Notice
from extractor.text.folding import fold

if TYPE_CHECKING:
    from extractor.assist.session import Model
    from extractor.endpoint.failures import CallFailure


def extract(text: str, *, notice_id: str = "notice", lang: Lang = "zh", left_out: Sequence[LeftOut] = ()) -> Notice:
    """Extract a notice from its plain text by rules alone.

    ``text`` is used as it is: spans in the result are code points into exactly this string. Any text is taken; one that
    is no notice gives a record without issues and with checks that say so, in Chinese or English by ``lang``. So do
    checks name what ``left_out`` says that the text lacks of its file (see ``extractor.files.ingest``).
    """
    reading = read_by_rules(fold(text))
    notice = assemble(reading, notice_id)
    checks = with_omissions(named_omissions(left_out, text, lang), check(notice, reading, lang))
    return notice.model_copy(update={"checks": checks})


class Assisted(NamedTuple):
    """A notice's record by both readers, and the calls that failed for good: there the rules stand alone."""

    notice: Notice
    failures: list[CallFailure]


async def extract_with_model(
    text: str,
    model: Model,
    *,
    notice_id: str = "notice",
    finds_issues: bool = False,
    lang: Lang = "zh",
    left_out: Sequence[LeftOut] = (),
) -> Assisted:
    """Extract a notice from its plain text by rules and a model, which says first where issues and measures stand where
    ``finds_issues`` is set or the rules' outline is poor. Else as ``extract``. Where calls fail the rules stand.
    """
    from extractor.assist.packs import read_first
    from extractor.assist.session import read_with_model

    # In a thread, so that answers to other notices are taken meanwhile.
    material = await asyncio.to_thread(read_first, text, notice_id)
    read = await read_with_model(material, model, finds_issues=finds_issues)
    notice = in_source(read.notice, material.reading.folded)
    checks = check(notice, read.reading, lang) + [said(doubt, lang) for doubt in read.doubts]
    checks = with_omissions(named_omissions(left_out, text, lang), checks)
    return Assisted(notice.model_copy(update={"checks": checks}), read.failures)


class ReadNotice(NamedTuple):
    """A notice as a reader read it.

    ``text`` is what the spans of ``notice`` index; ``failures`` are a sentence for each call that failed for good;
    ``left_out`` lists the parts of the file that the text lacks; ``asked`` is what a model took, None where none was.
    """

    text: str
    notice: Notice
    failures: Sequence[str] = ()
    left_out: Sequence[LeftOut] = ()
    asked: Mapping[str, Any] | None = None


def extract_file(source: Source, data: bytes, *, notice_id: str, lang: Lang = "zh") -> ReadNotice:
    """Extract a notice by rules from a file's raw bytes; ``source`` says what the file is named.

    Raises:
        InputError: the file cannot be read as a notice's text.
    """
    read = ingest(source, data)
    notice = extract(read.text, notice_id=notice_id, lang=lang, left_out=read.left_out)
    return ReadNotice(read.text, notice, left_out=read.left_out)


Counts = dict[str, float | None]
"""What is counted of a notice, by name, e.g. ``{"issues": 37, "coverage": 0.94, "digits_unread": 0}``."""
LeftOutRows = list[dict[str, str | int]]
"""The parts of a file that its text lacks, as a report lists them: ``kind``, ``characters``, ``words``, ``where``."""


class Kept(NamedTuple):
    """What a run reports of a notice."""

    counts: Counts
    left_out: LeftOutRows


class Folder(Protocol):
    """A place for finished notices (``extractor.runs.run_folder``)."""

    def save(self, notice_id: str, key: str, text: str, line: str, counts: Counts, left_out: LeftOutRows) -> None:
        """Keep a notice's text, its record as one line of JSON, and what is reported of it."""


def store(read: ReadNotice, folder: Folder, key: str) -> Kept:
    """Keep a finished notice in a run's folder under ``key``, and return what is reported of it.

    Raises:
        OutputError: the folder cannot be written.
    """
    notice = read.notice
    counts: Counts = {
        "issues": len(notice.issues),
        "measures": sum(len(issue.measures) for issue in notice.issues),
        "checks": len(notice.checks),
        "coverage": notice.outline.coverage,
        "digits_unread": notice.outline.digits.count_unread,
        "unanswered": len(read.failures),
    }
    told = [told_of(entry) for entry in read.left_out]
    folder.save(notice.notice_id, key, read.text, notice.model_dump_json(), counts, told)
    return Kept(counts, told)
