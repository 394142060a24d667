"""The messages between the service and a worker process: an order as a line of JSON, a reply as JSON and pieces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import TypeAdapter

from extractor.files.parts.left_out import LeftOut
from extractor.files.parts.page_places import OcrMode
from extractor.files.sources.source import Source
from extractor.record.checks import Lang
from extractor.service.intake.offers import OfferedNotice, RefusedFile
from extractor.service.store.notice_summary import IssueFacets, ReadingSummary

BEAT = b".\n"
"""A line before an answer: a page is being recognised, and the answer's time begins anew."""
OrderKind = Literal["read", "text", "texts", "unpack", "collect"]


@dataclass(frozen=True)
class Order:
    """A task for a worker: what to do with the file ``upload``.

    ``notice_id`` and ``lang`` are for ``read``; ``most`` is the number of texts that ``texts`` may find; ``ocr`` says
    which pages ``read`` and ``text`` recognise. ``collect`` has no file: its line is followed by as many bytes as
    ``sizes`` say, a record as JSON and the text.
    """

    kind: OrderKind
    upload: str
    source: Source
    notice_id: str = ""
    lang: Lang = "zh"
    most: int = 0
    ocr: OcrMode = "auto"
    sizes: tuple[int, ...] = ()


@dataclass(frozen=True)
class Failure:
    """The reply to an order that failed: a sentence for people."""

    error: str


@dataclass(frozen=True)
class ReadReply:
    """The reply to ``read``; the text, the record, and the text's places (empty for none) follow as pieces."""

    summary: ReadingSummary
    facets: list[IssueFacets]


@dataclass(frozen=True)
class TextReply:
    """The reply to ``text``; the text and its places (empty for none) follow as pieces."""

    left_out: list[LeftOut]


@dataclass(frozen=True)
class UnpackReply:
    """The reply to ``unpack``: the notices of an archive, and its members that are refused."""

    offers: list[OfferedNotice | RefusedFile]


@dataclass(frozen=True)
class CollectReply:
    """The reply to ``collect``; what lists need of the notice follows as JSON, which is not parsed field by field."""

    facts: int


@dataclass(frozen=True)
class TextsReply:
    """The reply to ``texts``; None where there are more than the order allows."""

    offers: list[OfferedNotice] | None


WorkerReply = ReadReply | TextReply | UnpackReply | TextsReply | CollectReply

ORDER: TypeAdapter[Order] = TypeAdapter(Order)
READ_REPLY: TypeAdapter[ReadReply | Failure] = TypeAdapter(ReadReply | Failure)
TEXT_REPLY: TypeAdapter[TextReply | Failure] = TypeAdapter(TextReply | Failure)
UNPACK_REPLY: TypeAdapter[UnpackReply | Failure] = TypeAdapter(UnpackReply | Failure)
TEXTS_REPLY: TypeAdapter[TextsReply | Failure] = TypeAdapter(TextsReply | Failure)
COLLECT_REPLY: TypeAdapter[CollectReply | Failure] = TypeAdapter(CollectReply | Failure)
ANY_REPLY: TypeAdapter[WorkerReply | Failure] = TypeAdapter(WorkerReply | Failure)
