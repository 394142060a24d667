"""Readers: each turns a notice's text into a record, by rules alone or with a model.

A run, the service, the evaluation and the library all take a ``Reader`` and ask nothing about its kind but whether it
waits for answers: one that does not is a processor's work and goes where documents are parsed; one that does reads many
notices in one event loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from extractor.files.parts.left_out import ReadText
from extractor.files.parts.page_places import OcrMode
from extractor.pipeline import ReadNotice, extract_text, extract_with_model
from extractor.record.checks import Lang

if TYPE_CHECKING:
    from extractor.assist.proposals.witnesses import TrustTable
    from extractor.model_source import CallsSoFar, ModelSource

Backend = Literal["rules", "assisted", "model"]
NOTICES_AT_ONCE = 32
"""How many notices a reader that waits reads at once: a notice has some five calls, and more of them queue anyway."""

Reads = Callable[[ReadText, str], Awaitable[ReadNotice]]
"""Reads a text into a record under an id."""


class ReaderSettings(NamedTuple):
    """The settings of a reader that can change a record.

    ``model_key`` is '' where no model is asked; ``ocr`` says which pages are recognised before the text is read.
    """

    backend: Backend = "rules"
    lang: Lang = "zh"
    model_key: str = ""
    ocr: OcrMode = "auto"


class Reader(Protocol):
    """Reads notices' texts into records."""

    @property
    def settings(self) -> ReaderSettings:
        """All that can change a record, but the text and this program."""

    @property
    def waits(self) -> bool:
        """True if reading waits for answers, so that many notices are read at once in one event loop."""

    def read(self, text: ReadText, notice_id: str) -> ReadNotice:
        """Read one text, in the calling thread."""

    def opened(self) -> AbstractAsyncContextManager[Reads]:
        """Give what reads texts in this event loop, until the block ends.

        Raises:
            SettingsError: no model is named, or the cache's folder cannot be used.
            InputError: a recording cannot be read.
        """

    def expect(self, notices: int) -> str:
        """Set out for a run over so many notices; return how a model will be asked, empty where none is."""

    def reported(self) -> Mapping[str, Any] | None:
        """Return what a model has taken so far, for a report; None where none is asked."""


@dataclass(frozen=True)
class RulesReader:
    """Reads by rules alone: no network, no waiting; checks are in the language ``lang``."""

    lang: Lang = "zh"
    ocr: OcrMode = "auto"
    waits = False

    @property
    def settings(self) -> ReaderSettings:
        """The language, and which pages are recognised."""
        return ReaderSettings("rules", self.lang, ocr=self.ocr)

    def read(self, text: ReadText, notice_id: str) -> ReadNotice:
        """Read one text."""
        return extract_text(text, notice_id=notice_id, lang=self.lang)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Reads]:
        """Give what reads texts, each in a thread."""

        async def read(text: ReadText, notice_id: str) -> ReadNotice:
            return await asyncio.to_thread(self.read, text, notice_id)

        yield read

    def expect(self, _notices: int) -> str:
        """Return nothing: no model is asked."""
        return ""

    def reported(self) -> None:
        """Return None: no model is asked."""


def _unwatched(_id: str, _calls: CallsSoFar) -> None:
    """Tell nobody; a function with a name, so that readers can be sent to other processes."""


@dataclass(frozen=True)
class ModelReader:
    """Reads by rules and the model of ``source``. Calls that fail for good leave the rules' reading.

    With ``finds_issues`` the model says first where issues and measures are; else it does so only where the rules'
    outline is poor. ``trust`` decides where both differ; None is what was measured of this model (see
    ``extractor.trust_tables``), looked up once. ``watch`` receives a notice's id and its calls so far, at each call
    that begins or ends.
    """

    source: ModelSource
    finds_issues: bool = False
    lang: Lang = "zh"
    ocr: OcrMode = "auto"
    trust: TrustTable | None = None
    watch: Callable[[str, CallsSoFar], None] = _unwatched
    waits = True

    @cached_property
    def table(self) -> TrustTable:
        """The table of trust by which both readings are merged.

        Raises:
            InputError: the user's table of this model cannot be read.
        """
        from extractor.trust_tables import table_of

        return self.trust or table_of(self.source.settings.model)

    @property
    def settings(self) -> ReaderSettings:
        """The backend, the language, a key of all that can change what a model adds, which pages are recognised."""
        key = f"{self.source.key}{self.table.key}"
        return ReaderSettings("model" if self.finds_issues else "assisted", self.lang, key, self.ocr)

    def read(self, text: ReadText, notice_id: str) -> ReadNotice:
        """Read one text; not to be called from a running event loop."""
        with reading(self) as read:
            return read(text, notice_id)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Reads]:
        """Give what reads texts by one endpoint and one cache, which are open until the block ends."""
        from extractor.model_source import NoticeModel, NoticeTurns

        async with self.source.endpoint() as endpoint:
            turns = NoticeTurns(lambda: endpoint.at_once)

            async def read(text: ReadText, notice_id: str) -> ReadNotice:
                async with turns.turn():
                    return await read_in_turn(text, notice_id)

            async def read_in_turn(text: ReadText, notice_id: str) -> ReadNotice:
                unasked = self._unasked
                deadline, watch = self.source.settings.notice_deadline, partial(self.watch, notice_id)
                model = NoticeModel(endpoint, deadline, unasked, watch)
                assisted = await extract_with_model(
                    text.text,
                    model,
                    notice_id=notice_id,
                    finds_issues=self.finds_issues,
                    trust=self.table,
                    lang=self.lang,
                    left_out=text.left_out,
                    places=text.places,
                )
                failures = [str(failure) for failure in assisted.failures]
                self.source.read.add(assisted.signs)
                # Answers that were kept before it was known may speak of these fields all the same.
                silent = self._left_out.difference(assisted.signs.agreed)
                asked = {**model.tally.reported(), "reading": assisted.signs.reported(silent)}
                return ReadNotice(text.text, assisted.notice, failures, text.left_out, asked, text.places)

            yield read

    def expect(self, notices: int) -> str:
        """Choose how much is asked at once; return the choice in words."""
        return self.source.sizes.expect(notices)

    def reported(self) -> Mapping[str, Any]:
        """Return what all calls have taken, with the endpoint's settings and the table of trust; no key is in it."""
        from extractor.trust_tables import told

        trust = {**self.table.shown(), "told": told(self.table, self.source.settings.model)}
        reading = self.source.read.signs.reported(self._left_out)
        return {**self.source.reported(), "reading": reading, "trust": trust}

    @property
    def _unasked(self) -> frozenset[str]:
        """The fields that the model is not asked about: what it was measured or seen to be unable to say."""
        # Who is measured is asked everything.
        return self.source.unasked | self.table.lost if self.table.origin != "eager" else frozenset()

    @property
    def _left_out(self) -> frozenset[str]:
        """Those of them that no call asks about."""
        from extractor.assist.tasks import left_out

        return left_out(self._unasked, by_schema=bool(self.source.sizes.capacity.takes_pack_schema))


@contextmanager
def reading(reader: Reader) -> Iterator[Callable[[ReadText, str], ReadNotice]]:
    """Give what reads one text after the other in this thread; a model's endpoint stays open until the block ends.

    Raises:
        RuntimeError: the reader waits for answers, and an event loop runs in this thread already.
        SettingsError: as ``Reader.opened``.
        InputError: as ``Reader.opened``.
    """
    if not reader.waits:
        yield reader.read
        return
    if in_event_loop():
        raise RuntimeError("an event loop runs here (a notebook, an async function): use await extractor.aread(…)")
    with asyncio.Runner() as runner:
        closing = AsyncExitStack()
        reads = runner.run(closing.enter_async_context(reader.opened()))

        async def read(text: ReadText, notice_id: str) -> ReadNotice:
            return await reads(text, notice_id)

        try:
            yield lambda text, notice_id: runner.run(read(text, notice_id))
        finally:
            runner.run(closing.aclose())


def in_event_loop() -> bool:
    """Return whether an event loop runs in this thread."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
