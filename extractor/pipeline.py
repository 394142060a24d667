"""The way of a notice, top to bottom: file → ingest → text → outline → facts → record → (model) → checks → store.

``extractor.runs`` takes many notices this way and leaves out those that went it before.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from extractor.assemble import assemble
from extractor.checks import Lang, check, said
from extractor.contract import Notice
from extractor.files.ingest import ingest
from extractor.files.source import Source
from extractor.files.store import Counts, RunFolder
from extractor.notice.reader import read_by_rules

if TYPE_CHECKING:
    from extractor.assist.reading import Model
    from extractor.endpoint.failures import CallFailure


def extract(text: str, *, notice_id: str = "notice", lang: Lang = "zh") -> Notice:
    """Extract a notice from its plain text by rules alone.

    ``text`` is used as it is: spans in the result are code points into exactly this string. Any text is taken; one that
    is no notice gives a record without issues and with checks that say so, in Chinese or English by ``lang``.
    """
    reading = read_by_rules(text)
    notice = assemble(text, reading, notice_id)
    return notice.model_copy(update={"checks": check(notice, text, reading, lang)})


class Assisted(NamedTuple):
    """A notice's record by both readers, and the calls that failed for good: there the rules stand alone."""

    notice: Notice
    failures: list[CallFailure]


async def extract_with_model(
    text: str, model: Model, *, notice_id: str = "notice", finds_issues: bool = False, lang: Lang = "zh"
) -> Assisted:
    """Extract a notice from its plain text by rules and a model, which says first where issues and measures stand where
    ``finds_issues`` is set or the rules' outline is poor. Else as ``extract``. Where calls fail the rules stand.
    """
    from extractor.assist.packs import read_first
    from extractor.assist.reading import read_with_model

    # In a thread, so that answers to other notices are taken meanwhile.
    material = await asyncio.to_thread(read_first, text, notice_id)
    read = await read_with_model(material, model, finds_issues=finds_issues)
    checks = check(read.notice, text, read.reading, lang) + [said(doubt, lang) for doubt in read.doubts]
    return Assisted(read.notice.model_copy(update={"checks": checks}), read.failures)


class Extracted(NamedTuple):
    """A notice's record, the plain text that its spans index, and a sentence for each call that failed for good."""

    text: str
    notice: Notice
    failures: Sequence[str] = ()


def extract_file(source: Source, data: bytes, *, notice_id: str, lang: Lang = "zh") -> Extracted:
    """Extract a notice from a file's raw bytes; ``source`` says what the file is named.

    Raises:
        InputError: the file cannot be read as a notice's text.
    """
    text = ingest(source, data).text
    return Extracted(text, extract(text, notice_id=notice_id, lang=lang))


async def extract_file_with_model(
    source: Source, data: bytes, model: Model, *, notice_id: str, finds_issues: bool = False, lang: Lang = "zh"
) -> Extracted:
    """Extract a notice from a file's raw bytes by rules and a model: see ``extract_file``, ``extract_with_model``.

    Raises:
        InputError: the file cannot be read as a notice's text.
    """
    text = (await asyncio.to_thread(ingest, source, data)).text
    assisted = await extract_with_model(text, model, notice_id=notice_id, finds_issues=finds_issues, lang=lang)
    return Extracted(text, assisted.notice, [str(failure) for failure in assisted.failures])


def store(extracted: Extracted, folder: RunFolder, key: str) -> Counts:
    """Keep a finished notice in a run's folder under ``key``, and return what is counted of it.

    Raises:
        OutputError: the folder cannot be written.
    """
    text, notice, failures = extracted
    counts: Counts = {
        "issues": len(notice.issues),
        "measures": sum(len(issue.measures) for issue in notice.issues),
        "checks": len(notice.checks),
        "coverage": notice.outline.coverage,
        "unanswered": len(failures),
    }
    folder.save(notice.notice_id, key, text, notice.model_dump_json(), counts)
    return counts
