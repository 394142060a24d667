"""The way of a notice, top to bottom.

By rules:     file → ingest → fold → reading (outline, facts) → assemble → checks → store
With a model: file → ingest → fold → reading → packs → calls → answers → merge → checks → store

``extractor.runs.run`` takes many notices this way and leaves out those that went it before.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from extractor.files.ingest import ingest
from extractor.files.parts.left_out import LeftOut, ReadText, told_of
from extractor.files.parts.page_places import OcrMode
from extractor.files.parts.text_places import TextPlaces
from extractor.files.sources.source import Source
from extractor.notice.assemble import assemble, in_source
from extractor.notice.doubts import check
from extractor.notice.reading import Reading, read_by_rules
from extractor.omissions import named_omissions, with_omissions
from extractor.recognition import with_recognition
from extractor.record.checks import Doubt, Lang, said
from extractor.record.contract import Notice
from extractor.text.folding import fold

if TYPE_CHECKING:
    from extractor.assist.packs.material import Material
    from extractor.assist.proposals.reading_signs import ReadingSigns
    from extractor.assist.proposals.witnesses import TrustTable
    from extractor.assist.session import Model
    from extractor.endpoint.failures import CallFailure


def extract(
    text: str,
    *,
    notice_id: str = "notice",
    lang: Lang = "zh",
    left_out: Sequence[LeftOut] = (),
    places: TextPlaces | None = None,
) -> Notice:
    """Extract a notice from its plain text by rules alone.

    ``text`` is used as it is: spans in the result are code points into exactly this string. Any text is taken; one that
    is no notice gives a record without issues and with checks that say so, in Chinese or English by ``lang``. So do
    checks name what ``left_out`` says that the text lacks of its file (see ``extractor.files.ingest``), and what may be
    misread of a text that was recognised at ``places``.
    """
    with _without_collections():
        notice = _extracted(text, notice_id, lang, left_out)
    return with_recognition(notice, text, places, lang)


def _extracted(text: str, notice_id: str, lang: Lang, left_out: Sequence[LeftOut]) -> Notice:
    reading = read_by_rules(fold(text))
    notice = assemble(reading, notice_id)
    checks = with_omissions(named_omissions(left_out, text, lang), check(notice, reading, lang))
    return notice.model_copy(update={"checks": checks})


@contextmanager
def _without_collections() -> Iterator[None]:
    """Collect no cyclic garbage meanwhile: a reading makes many objects and hardly a cycle, and is over soon.

    To look for cycles takes a tenth of the time. Where another thread is reading, too, the first to end collects again.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class Assisted(NamedTuple):
    """A notice's record by both readers, and the calls that failed for good: there the rules stand alone.

    ``signs`` show whether the model read.
    """

    notice: Notice
    failures: list[CallFailure]
    signs: ReadingSigns


async def extract_with_model(  # noqa: PLR0913
    text: str,
    model: Model,
    *,
    notice_id: str = "notice",
    finds_issues: bool = False,
    trust: TrustTable | None = None,
    lang: Lang = "zh",
    left_out: Sequence[LeftOut] = (),
    places: TextPlaces | None = None,
) -> Assisted:
    """Extract a notice from its plain text by rules and a model.

    With ``finds_issues``, or where the rules' outline is poor, the model first says where issues and measures are.
    ``trust`` decides where both differ (None: as for a model that was not measured). The rest is as in ``extract``.
    Where calls fail for good the rules' reading stands.
    """
    from extractor.assist.packs.material import read_first

    # In a thread, so that answers to other notices are taken meanwhile.
    material = await asyncio.to_thread(read_first, text, notice_id)
    read = await read_with_model(material, model, finds_issues=finds_issues, trust=trust)
    notice = in_source(read.notice, material.reading.folded)
    checks = check(notice, read.reading, lang) + [said(doubt, lang) for doubt in read.doubts]
    checks = with_omissions(named_omissions(left_out, text, lang), checks)
    notice = with_recognition(notice.model_copy(update={"checks": checks}), text, places, lang)
    return Assisted(notice, read.failures, read.signs)


class ModelReading(NamedTuple):
    """A notice as the rules and a model read it; its places are of the folded text.

    ``reading`` is the rules' reading under the outline that was used; ``failures`` are the calls that failed for good;
    ``signs`` show whether the model read.
    """

    notice: Notice
    reading: Reading
    doubts: list[Doubt]
    failures: list[CallFailure]
    signs: ReadingSigns


async def read_with_model(
    material: Material, model: Model, *, finds_issues: bool, trust: TrustTable | None = None
) -> ModelReading:
    """Ask a model about a notice that the rules have read (outline? → fields, labels), and merge both readings."""
    from extractor.assist.layout.layout_signs import layout_signs
    from extractor.assist.layout.model_outline import lay_out, poorly_laid_out
    from extractor.assist.merge import are_guessed, merge
    from extractor.assist.packs.material import with_outline
    from extractor.assist.prompts import examples_of
    from extractor.assist.proposals.reading_signs import Signs
    from extractor.assist.session import Session
    from extractor.assist.tasks import FIELDS, LABELS, LAYOUT

    is_eager = trust is not None and trust.origin == "eager"
    session, doubts, by_model, lines = Session(model), list[Doubt](), False, Signs()
    if finds_issues or poorly_laid_out(material.reading):
        answered = await session.ask(LAYOUT, material)
        lines = layout_signs(material, answered, examples_of("layout"))
        laid = lay_out(material.reading, answered, lines)
        doubts, by_model = laid.doubts, laid.reading is not material.reading
        material = with_outline(material, laid.reading)
    fields, labels = await asyncio.gather(
        session.ask(FIELDS, material),
        # Who is measured is asked everything.
        session.ask(LABELS, material, lambda said: not is_eager and are_guessed(material, said)),
    )
    if session.given_up:
        doubts.append(Doubt("model_given_up", "", {"count": str(session.given_up)}))
    merged = merge(material, labels, fields, trust=trust, by_model=by_model)
    signs = replace(merged.signs, lines=lines)
    return ModelReading(merged.notice, material.reading, doubts + merged.doubts, session.failures, signs)


class ReadNotice(NamedTuple):
    """A notice as a reader read it.

    ``text`` is what the spans of ``notice`` index; ``failures`` are a sentence for each call that failed for good;
    ``left_out`` lists the parts of the file that the text lacks; ``asked`` is what a model took, None where none was;
    ``places`` says where on its pages or in which cells the text stands.
    """

    text: str
    notice: Notice
    failures: Sequence[str] = ()
    left_out: Sequence[LeftOut] = ()
    asked: Mapping[str, Any] | None = None
    places: TextPlaces | None = None


def extract_file(
    source: Source, data: bytes, *, notice_id: str, lang: Lang = "zh", ocr: OcrMode = "auto"
) -> ReadNotice:
    """Extract a notice by rules from a file's raw bytes; ``source`` says what the file is named.

    Raises:
        InputError: the file cannot be read as a notice's text.
    """
    return extract_text(ingest(source, data, ocr=ocr).read, notice_id=notice_id, lang=lang)


def extract_text(read: ReadText, *, notice_id: str, lang: Lang = "zh") -> ReadNotice:
    """Extract a notice by rules from the text of a file, with what its reader tells of it."""
    notice = extract(read.text, notice_id=notice_id, lang=lang, left_out=read.left_out, places=read.places)
    return ReadNotice(read.text, notice, left_out=read.left_out, places=read.places)


Counts = dict[str, float | None]
"""What is counted of a notice, by name, e.g. ``{"issues": 37, "coverage": 0.94, "digits_unread": 0}``."""
LeftOutRows = list[dict[str, str | int]]
"""The parts of a file that its text lacks, as a report lists them: ``kind``, ``characters``, ``words``, ``where``."""


class Kept(NamedTuple):
    """The part of a notice's results that a run reports."""

    counts: Counts
    left_out: LeftOutRows


class Folder(Protocol):
    """A place for finished notices (``extractor.runs.run_folder``)."""

    def save(  # noqa: PLR0913, PLR0917
        self,
        notice_id: str,
        key: str,
        text: str,
        line: str,
        counts: Counts,
        left_out: LeftOutRows,
        places: bytes,
        signature: str,
    ) -> None:
        """Keep a notice's text, its record as a line of JSON, what is reported of it, its places and its signature."""


def store(read: ReadNotice, folder: Folder, key: str) -> Kept:
    """Keep a finished notice in a run's folder under ``key``, and return what is reported of it.

    Raises:
        OutputError: the folder cannot be written.
    """
    from extractor.collection.notice_signatures import signature_of

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
    places = read.places.as_json() if read.places else b""
    signature = signature_of(notice, read.text).model_dump_json()
    folder.save(notice.notice_id, key, read.text, notice.model_dump_json(), counts, told, places, signature)
    return Kept(counts, told)
