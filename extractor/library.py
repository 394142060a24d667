"""The program as a library: one notice or many, from files, texts or bytes, by rules or with a model.

``read`` and ``aread`` return one notice. ``read_all`` and ``aread_all`` yield many as they are finished, by one reader,
so that they share its connections, limits and cache.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Generator, Iterable, Iterator, Mapping
from contextlib import aclosing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from extractor.errors import ExtractorError, InputError, SettingsError, unforeseen
from extractor.files.discover import discover
from extractor.files.ingest import ingest, read_text
from extractor.files.parts.left_out import ReadText
from extractor.files.sources.file_kinds import kind_by_ending
from extractor.files.sources.source import Source
from extractor.pipeline import ReadNotice
from extractor.readers import NOTICES_AT_ONCE, ModelReader, Reader, Reads, RulesReader, in_event_loop
from extractor.record.checks import Lang
from extractor.record.contract import Notice

if TYPE_CHECKING:
    from extractor.endpoint.settings import EndpointSettings
    from extractor.model_source import CallsSoFar

NoticeInput: TypeAlias = str | Path | bytes
"""A file (a path, or a string that names one), a notice's plain text, or the bytes of a file of any known format."""

_LONGEST_NAME = 1024
"""Code points beyond which a string is no file's name."""
_UNNAMED = "notice"
_ARCHIVE = ".zip"
_RULES_AT_ONCE = 2


class FinishedNotice(NamedTuple):
    """One of many inputs after it was read.

    ``number`` counts the inputs in the order given, from 0; ``name`` is its file's or the one given to it. Where it
    could not be read, ``error`` is a sentence that says why, and ``read`` is None.
    """

    number: int
    name: str
    read: ReadNotice | None = None
    error: str = ""

    @property
    def notice(self) -> Notice | None:
        """The record; None where the input could not be read."""
        return None if self.read is None else self.read.notice


NoticeCallback: TypeAlias = Callable[[FinishedNotice], None]
CallCallback: TypeAlias = "Callable[[str, CallsSoFar], None]"
"""Receives a notice's id and how many of the calls about it have ended and begun so far; from any thread."""


def read(  # noqa: PLR0913
    path_or_text: NoticeInput,
    *,
    model: str | EndpointSettings | None = None,
    base_url: str | None = None,
    finds_issues: bool = False,
    notice_id: str | None = None,
    lang: Lang = "zh",
    cache: Path | None = None,
    on_call: CallCallback | None = None,
) -> ReadNotice:
    """Read a notice from a file of any known format, from its text, or from a file's bytes.

    A ``Path`` is a file. A string is a file's name where it is one line that names a file or ends as files do (.docx);
    any other string is the text itself. Without ``model`` the rules read alone, and nothing leaves this machine.

    Args:
        path_or_text: The file, the notice's plain text, or the bytes of a file.
        model: The model's name as its endpoint calls it, or complete settings of an endpoint.
        base_url: The endpoint's address, up to and with ``/v1``. By default the environment, ``.env`` and
            ``extractor.toml`` say it, and the key, as for the command.
        finds_issues: The model says first where issues and measures are (the command's ``--backend model``).
        notice_id: The record's id; by default the file's name, or ``notice``.
        lang: The language of the record's checks.
        cache: A folder where the model's answers are kept, so that nothing is asked twice; None keeps none.
        on_call: Called with the id and the calls so far whenever a call to the model begins or ends.

    Returns:
        The text that the record's places index, the record, and what was not read: failed calls, parts left out.

    Raises:
        InputError: the file cannot be read.
        SettingsError: a setting of the endpoint is missing or wrong.
        RuntimeError: a model is to be asked from within a running event loop; ``aread`` does that.
    """
    reader = _watched(_reader(model, base_url, finds_issues, lang, cache), on_call)
    found = _text_of(path_or_text)
    return reader.read(found.text, notice_id or found.name)


async def aread(  # noqa: PLR0913
    path_or_text: NoticeInput,
    *,
    model: str | EndpointSettings | None = None,
    base_url: str | None = None,
    finds_issues: bool = False,
    notice_id: str | None = None,
    lang: Lang = "zh",
    cache: Path | None = None,
    on_call: CallCallback | None = None,
) -> ReadNotice:
    """Read a notice as ``read`` does, in a running event loop: files and rules in threads, calls without blocking."""
    reader = _watched(_reader(model, base_url, finds_issues, lang, cache), on_call)
    found = await asyncio.to_thread(_text_of, path_or_text)
    async with reader.opened() as reads:
        return await reads(found.text, notice_id or found.name)


def read_all(  # noqa: PLR0913
    inputs: Iterable[NoticeInput] | Mapping[str, NoticeInput],
    *,
    model: str | EndpointSettings | None = None,
    base_url: str | None = None,
    finds_issues: bool = False,
    lang: Lang = "zh",
    cache: Path | None = None,
    at_once: int | None = None,
    on_notice: NoticeCallback | None = None,
    on_call: CallCallback | None = None,
) -> Generator[FinishedNotice]:
    """Yield many notices as they are finished, which need not be their order.

    The next inputs are read while the caller works on what was yielded. An input that cannot be read is yielded with
    an error, and the others go on. Leave the loop early, and what is under way is stopped.

    Args:
        inputs: Files, texts or bytes as for ``read``, or a mapping of ids to these. A folder or a zip archive stands
            for the notices in it.
        model: As for ``read``, and so are ``base_url``, ``finds_issues``, ``lang`` and ``cache``.
        base_url: As for ``read``.
        finds_issues: As for ``read``.
        lang: As for ``read``.
        cache: As for ``read``.
        at_once: How many notices are read at once; by default 32 with a model, 2 without.
        on_notice: Called with each notice before it is yielded.
        on_call: As for ``read``; called from another thread than this one.

    Raises:
        SettingsError: a setting of the endpoint is missing or wrong.
        RuntimeError: it is called within a running event loop; ``aread_all`` does that.
    """
    if in_event_loop():
        raise RuntimeError("an event loop runs here (a notebook, an async function): use async for … in aread_all(…)")
    reader = _watched(_reader(model, base_url, finds_issues, lang, cache), on_call)
    return _in_a_thread(_finished(reader, inputs, at_once), on_notice)


def aread_all(  # noqa: PLR0913
    inputs: Iterable[NoticeInput] | Mapping[str, NoticeInput],
    *,
    model: str | EndpointSettings | None = None,
    base_url: str | None = None,
    finds_issues: bool = False,
    lang: Lang = "zh",
    cache: Path | None = None,
    at_once: int | None = None,
    on_notice: NoticeCallback | None = None,
    on_call: CallCallback | None = None,
) -> AsyncGenerator[FinishedNotice]:
    """Yield many notices as ``read_all`` does, in a running event loop."""
    reader = _watched(_reader(model, base_url, finds_issues, lang, cache), on_call)
    return _told(_finished(reader, inputs, at_once), on_notice)


def _reader(
    model: str | EndpointSettings | None, base_url: str | None, finds_issues: bool, lang: Lang, cache: Path | None
) -> Reader:
    if model is None:
        if base_url is not None or finds_issues:
            raise SettingsError("no model is named; give model=…, or leave base_url and finds_issues out")
        return RulesReader(lang)
    from extractor.endpoint.setting_sources import load
    from extractor.model_source import ModelSource

    settings = load({"model": model, "base_url": base_url}) if isinstance(model, str) else model
    if not settings.is_configured:
        raise SettingsError(f"no endpoint is set; give base_url=…, or put a key into {settings.api_key_env}")
    return ModelReader(ModelSource(settings, cache), finds_issues, lang)


def _watched(reader: Reader, on_call: CallCallback | None) -> Reader:
    """Return a reader that tells of its calls; one by rules makes none."""
    return replace(reader, watch=on_call) if on_call and isinstance(reader, ModelReader) else reader


class _NamedText(NamedTuple):
    """A notice's text and a name for it."""

    text: ReadText
    name: str


def _text_of(given: NoticeInput) -> _NamedText:
    """Return the text of a file or of its bytes, or the given one."""
    if isinstance(given, bytes):
        return _NamedText(ingest(Source(_UNNAMED), given).read, _UNNAMED)
    path = given if isinstance(given, Path) else _as_path(given)
    if path is None:
        return _NamedText(ReadText(str(given), ()), _UNNAMED)
    if path.is_dir():
        raise InputError(f"{path}: is a folder; read its notices with read_all([folder]), or use the command: run")
    return _NamedText(read_text(Source(str(path))).read, path.stem)


def _as_path(words: str) -> Path | None:
    """Return what a string names as a file; None where it is a text."""
    if "\n" in words or not words or len(words) > _LONGEST_NAME:
        return None
    path = Path(words)
    try:
        names_a_file = path.exists() or kind_by_ending(path.suffix.lower()) is not None
    except (OSError, ValueError):
        return None
    return path if names_a_file else None


class _Waiting(NamedTuple):
    """An input to be read: its id, its name, and how its text is taken, which may raise an ``InputError``."""

    notice_id: str
    name: str
    take: Callable[[], ReadText]


def _waiting(inputs: Iterable[NoticeInput] | Mapping[str, NoticeInput]) -> Iterator[_Waiting]:
    """Yield the inputs one by one, with ids that differ: a second ``a`` is ``a~2``."""
    used: dict[str, int] = {}
    for each in _opened_up(inputs):
        used[each.notice_id] = number = used.get(each.notice_id, 0) + 1
        yield each if number == 1 else each._replace(notice_id=f"{each.notice_id}~{number}")


def _opened_up(inputs: Iterable[NoticeInput] | Mapping[str, NoticeInput]) -> Iterator[_Waiting]:
    if isinstance(inputs, Mapping):
        for name, given in inputs.items():
            yield _Waiting(name, name, lambda given=given: _text_of(given).text)  # type: ignore[misc]
        return
    for given in [inputs] if isinstance(inputs, str | bytes | Path) else inputs:
        path = given if isinstance(given, Path) else _as_path(given) if isinstance(given, str) else None
        if path is None:
            yield _Waiting(_UNNAMED, _UNNAMED, lambda given=given: _text_of(given).text)  # type: ignore[misc]
        elif path.is_dir() or path.suffix.lower() == _ARCHIVE:
            yield from _of_folder(path)
        else:
            yield _Waiting(path.stem, str(path), lambda path=path: _text_of(path).text)  # type: ignore[misc]


def _of_folder(path: Path) -> Iterator[_Waiting]:
    """Yield the notices of a folder or an archive."""
    found = discover([str(path)])
    for source in found.sources:
        yield _Waiting(source.stem, source.name, lambda source=source: read_text(source).read)  # type: ignore[misc]
    for problem in found.problems:
        yield _Waiting(path.stem, problem.name, lambda error=problem.error: _raised(error))  # type: ignore[misc]


def _raised(error: InputError) -> ReadText:
    raise error


async def _finished(
    reader: Reader, inputs: Iterable[NoticeInput] | Mapping[str, NoticeInput], at_once: int | None
) -> AsyncGenerator[FinishedNotice]:
    """Yield inputs as they are finished, at most ``at_once`` of them under way or waiting to be taken."""
    most = at_once or (NOTICES_AT_ONCE if reader.waits else _RULES_AT_ONCE)
    coming = enumerate(_waiting(inputs))
    tasks: set[asyncio.Task[FinishedNotice]] = set()
    async with reader.opened() as reads:
        try:
            while True:
                while len(tasks) < most and (following := await asyncio.to_thread(next, coming, None)):
                    tasks.add(asyncio.create_task(_one(reader, reads, *following)))
                if not tasks:
                    return
                done, tasks = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                first, *others = sorted((task.result() for task in done), key=lambda each: each.number)
                yield first
                for each in others:
                    yield each
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _one(reader: Reader, reads: Reads, number: int, waiting: _Waiting) -> FinishedNotice:
    try:
        text = await asyncio.to_thread(waiting.take)
        return FinishedNotice(number, waiting.name, await reads(text, waiting.notice_id))
    except InputError as error:
        return FinishedNotice(number, waiting.name, error=error.in_words(reader.settings.lang))
    except ExtractorError as error:
        return FinishedNotice(number, waiting.name, error=str(error))
    except Exception as error:
        return FinishedNotice(number, waiting.name, error=unforeseen(waiting.name, error))


async def _told(
    found: AsyncGenerator[FinishedNotice], on_notice: NoticeCallback | None
) -> AsyncGenerator[FinishedNotice]:
    async with aclosing(found):
        async for each in found:
            if on_notice is not None:
                on_notice(each)
            yield each


def _in_a_thread(found: AsyncGenerator[FinishedNotice], on_notice: NoticeCallback | None) -> Generator[FinishedNotice]:
    """Yield what an event loop in a thread of its own brings; it goes on while the caller works."""
    with _taken_beside(found) as take:
        while (each := take()) is not None:
            if on_notice is not None:
                on_notice(each)
            yield each


@contextmanager
def _taken_beside(found: AsyncGenerator[FinishedNotice]) -> Iterator[Callable[[], FinishedNotice | None]]:
    """Give a function that returns the next of ``found``, which runs in another thread; None at its end."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="extractor", daemon=True)
    thread.start()
    steps: list[asyncio.Future[FinishedNotice | None]] = []

    async def following() -> FinishedNotice | None:
        steps[:] = [asyncio.ensure_future(anext(found, None))]
        return await steps[0]

    async def closed() -> None:
        for step in steps:  # one is under way where the caller was interrupted
            step.cancel()
        await asyncio.gather(*steps, return_exceptions=True)
        await found.aclose()

    try:
        yield lambda: asyncio.run_coroutine_threadsafe(following(), loop).result()
    finally:
        asyncio.run_coroutine_threadsafe(closed(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()
