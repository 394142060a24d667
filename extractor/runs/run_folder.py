"""A run's folder: what stands in it, and how it is written so that no stop at any time tears it.

``notices.jsonl`` one notice a line · ``texts/<notice_id>.txt`` what offsets index · ``texts/<notice_id>.places.json``
where a text made from pages stands on them · ``run.json`` what the run did ·
``.work/<notice_id>.json`` finished work: a line about it (``Entry``), then the notice's line as it goes into
``notices.jsonl`` · ``.notice-extractor`` the mark that says whose folder it is. Each file is written beside its place
and moved there when complete. An entry is saved after its text and states the hashes of both: whatever a crash or a
person did to either, it is taken up only while it is whole.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from extractor.collection.kinship import Kinship
from extractor.collection.notice_signatures import FORM, NoticeSignature, signature_of
from extractor.collection.placed_lines import placed_line
from extractor.disk import names, system
from extractor.disk.held import FolderOwner, held, own_folder, unusable
from extractor.disk.whole import sweep, sweep_files, try_out, unwritable, write_file
from extractor.errors import InputError, SettingsError
from extractor.record.contract import Notice
from extractor.terminal import printable

if TYPE_CHECKING:
    from extractor.pipeline import Counts, LeftOutRows
    from extractor.record.checks import Lang

_ANOTHER_PLACE = "choose another place with --out"
_REPORTED = frozenset(("contract_version", "fingerprint", "inputs", "ending"))  # in run.json, since there is one
_ID = re.compile(rb'"notice_id":("(?:[^"\\]|\\.)*")')


@dataclass(frozen=True)
class Entry:
    """An entry about finished work. ``key`` stands for all that can change the result; hashes are hex SHA-256."""

    key: str
    text_sha256: str
    line_sha256: str
    counts: Counts
    left_out: LeftOutRows = field(default_factory=list)
    places_sha256: str = ""
    signature: str = ""
    """The notice's signature as JSON (``extractor.collection.notice_signatures``)."""


@dataclass(frozen=True)
class RunFolder:
    """The folder of a run; made by ``opened``, handed to worker processes."""

    path: Path

    @property
    def notices(self) -> Path:
        """One notice a line, in the order of the inputs."""
        return self.path / "notices.jsonl"

    @property
    def report(self) -> Path:
        """The report of the run."""
        return self.path / "run.json"

    @property
    def work(self) -> Path:
        """Finished work, one file a notice."""
        return self.path / ".work"

    @property
    def texts(self) -> Path:
        """The notices' plain texts, UTF-8, line ends as in the text."""
        return self.path / "texts"

    def text(self, notice_id: str) -> Path:
        """Return the file of a notice's text.

        Raises:
            InputError: the id is no name for a file, which no run gives.
        """
        return self.texts / f"{_checked(notice_id)}.txt"

    def places(self, notice_id: str) -> Path:
        """Return the file that says where a notice's text stands in its source; most notices have none.

        Raises:
            InputError: the id is no name for a file, which no run gives.
        """
        return self.texts / f"{_checked(notice_id)}.places.json"

    def save(  # noqa: PLR0913, PLR0917
        self,
        notice_id: str,
        key: str,
        text: str,
        line: str,
        counts: Counts,
        left_out: LeftOutRows | None = None,
        places: bytes = b"",
        signature: str = "",
    ) -> None:
        """Keep a finished notice: its text, its line (JSON without line ends), and what goes into the report of it.

        ``places`` is the content of the file of its places, b"" for none; ``signature`` is its signature as JSON.

        Raises:
            InputError: the id is no name for a file.
            OutputError: the folder cannot be written.
        """
        raw_text, raw_line = text.encode(), line.encode()
        hash_of_places = _sha256(places) if places else ""
        entry = Entry(key, _sha256(raw_text), _sha256(raw_line), counts, left_out or [], hash_of_places, signature)
        # After a power cut the hashes say what is not whole, and it is done again: not worth a sync each.
        _replace(self.text(notice_id), [raw_text], durable=False)
        if places:
            _replace(self.places(notice_id), [places], durable=False)
        else:
            self.places(notice_id).unlink(missing_ok=True)
        _replace(self._entry(notice_id), [json.dumps(asdict(entry)).encode(), b"\n", raw_line, b"\n"], durable=False)

    def finished(self, notice_id: str, key: str) -> Entry | None:
        """Return what is known of a notice that is finished under ``key``, None where its work is to be done."""
        entry_file, text_file = self._entry(notice_id), self.text(notice_id)
        try:
            if not entry_file.is_file() or not text_file.is_file():  # a pipe would be waited for
                return None
            with entry_file.open("rb") as file:
                entry = Entry(**json.loads(file.readline()))
                if entry.key != key or entry.line_sha256 != _sha256(file.read().removesuffix(b"\n")):
                    return None
            whole = entry.text_sha256 == _sha256(text_file.read_bytes()) and self._has_places(notice_id, entry)
        except (OSError, ValueError, TypeError):
            return None
        return entry if whole else None

    def signature(self, notice_id: str) -> NoticeSignature:
        """Return a finished notice's signature; of an entry without one it is made from the notice."""
        with self._entry(notice_id).open("rb") as file:
            entry = Entry(**json.loads(file.readline()))
            if entry.signature:
                found = NoticeSignature.model_validate_json(entry.signature)
                if found.form == FORM:
                    return found
            notice = Notice.model_validate_json(file.read())
        return signature_of(notice, self.text(notice_id).read_text(encoding="utf-8"))

    def compose(
        self,
        notice_ids: Iterable[str],
        kin: Mapping[str, Kinship] | None = None,
        lang: Lang = "zh",
        staying: Collection[str] = (),
    ) -> None:
        """Write ``notices.jsonl`` from the finished work of ``notice_ids``, holding one notice at a time.

        Behind these come the notices ``staying`` of the file that is there now. ``kin`` says which of all are the same
        and of one body; its checks are in ``lang``.

        Raises:
            OutputError: the folder cannot be written.
        """
        known = kin or {}
        lines = ((known.get(notice_id), self._line(notice_id)) for notice_id in notice_ids)
        kept = ((known.get(notice_id), line) for notice_id, line in self._stored(staying))
        _replace(self.notices, (placed_line(line, at, lang) if at else line for at, line in chain(lines, kept)))

    def write_report(self, report: Mapping[str, Any]) -> None:
        """Write ``run.json``.

        Raises:
            OutputError: the folder cannot be written.
        """
        text = json.dumps(report, ensure_ascii=False, indent=2)
        # A file name's undecodable bytes are lone surrogates, which JSON spells as this error handler does.
        _replace(self.report, [text.encode(errors="backslashreplace"), b"\n"])

    def _stored(self, notice_ids: Collection[str]) -> Iterator[tuple[str, bytes]]:
        stored = stored_lines(self.path) if notice_ids else ()
        return ((notice_id, line) for notice_id, line in stored if notice_id in notice_ids)

    def _has_places(self, notice_id: str, entry: Entry) -> bool:
        file = self.places(notice_id)
        return not entry.places_sha256 or (file.is_file() and entry.places_sha256 == _sha256(file.read_bytes()))

    def _entry(self, notice_id: str) -> Path:
        return self.work / f"{_checked(notice_id)}.json"

    def _line(self, notice_id: str) -> bytes:
        with self._entry(notice_id).open("rb") as file:
            file.readline()
            return file.read()


@contextmanager
def opened(path: Path) -> Iterator[RunFolder]:
    """Make a run's folder, or take up an earlier run's, for this process alone until the end of the block.

    Raises:
        SettingsError: ``path`` is no folder, cannot be written, or holds something else than a run; or another run is
            writing there.
        OutputError: the disk is full.
    """
    folder = RunFolder(path)
    busy = SettingsError(f"{path}: another run is writing there; wait for it, or choose another with --out")
    with held(path, FolderOwner("run", ".work/lock", busy, _is_of_earlier_version)):
        try:
            own_folder(folder.texts)
            sweep(path)
            for place in (path, folder.texts, folder.work):
                sweep_files(place)
                try_out(place)
        except OSError as error:
            raise unusable(path, error) from error
        yield folder


def _is_of_earlier_version(path: Path) -> bool:
    """Return whether a version that marked no folder wrote this one.

    Its report shows it, or, where the run was stopped before that, its finished work.
    """
    folder = RunFolder(path)
    if folder.notices.is_file() and _keys(folder.report) >= _REPORTED:
        return True
    return system.kind(folder.work / "lock") == "file" and any(map(_is_entry, folder.work.glob("*.json")))


def _keys(path: Path) -> Set[str]:
    """Return the keys of the JSON object in a file; none where there is no such file."""
    try:
        found = json.loads(path.read_bytes()) if path.is_file() else {}
    except (OSError, ValueError):
        return frozenset()
    return found.keys() if isinstance(found, dict) else frozenset()


def _is_entry(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return isinstance(Entry(**json.loads(file.readline())), Entry)
    except (OSError, ValueError, TypeError):
        return False


def stored_lines(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the id and the JSON of each notice that the run's folder ``path`` holds.

    Raises:
        InputError: it holds no notices.jsonl, or one that this program did not write, or whose ids somebody edited so
            that they name no file.
    """
    file_name = RunFolder(path).notices
    if not file_name.is_file():
        raise InputError(f"{path}: holds no notices.jsonl; give the folder that a run wrote (its --out)")
    try:
        with file_name.open("rb") as file:
            for number, line in enumerate(file, start=1):
                found = _ID.search(line, 0, 2000)
                if found is None:
                    raise InputError(f"{file_name}:{number}: is no notice; run the extraction again")
                yield _stored_id(found[1], file_name, number), line
    except (OSError, ValueError) as error:
        raise InputError(f"{file_name}: cannot be read ({error})") from error


def stored_text(path: Path, notice_id: str, sha256: str) -> str:
    """Return the text that a notice's offsets index; ``sha256`` is what the notice says of it.

    Raises:
        InputError: the text is missing, or another than the notice was made from.
    """
    raw = _raw_text(path, notice_id)
    if _sha256(raw) != sha256:
        file_name = RunFolder(path).text(notice_id)
        raise InputError(f"{file_name}: is not the text its notice was made from; run the extraction again")
    return raw.decode()


def stored_text_as_is(path: Path, notice_id: str) -> str:
    """Return the text that is kept of a notice, whatever it is; bytes that are no UTF-8 are lone surrogates.

    Raises:
        InputError: the text is missing.
    """
    return _raw_text(path, notice_id).decode("utf-8", "surrogateescape")


def _raw_text(path: Path, notice_id: str) -> bytes:
    file_name = RunFolder(path).text(notice_id)
    if not file_name.is_file():
        raise InputError(f"{file_name}: cannot be read (there is no such file); run the extraction again")
    try:
        return file_name.read_bytes()
    except OSError as error:
        raise InputError(f"{file_name}: cannot be read ({error.strerror}); run the extraction again") from error


def stored_places(path: Path, notice_id: str) -> bytes:
    """Return what says where a notice's text stands in its source; b"" where there is nothing, or it cannot be read."""
    try:
        file = RunFolder(path).places(notice_id)
        return file.read_bytes() if file.is_file() else b""
    except OSError:
        return b""


def _replace(path: Path, pieces: Iterable[bytes], *, durable: bool = True) -> None:
    """Write a file under its final name all or not at all; ``durable`` also outlasts a power cut."""
    try:
        write_file(path, pieces, durable=durable)
    except OSError as error:
        raise unwritable(path, error, _ANOTHER_PLACE) from error


def _stored_id(quoted: bytes, file_name: Path, number: int) -> str:
    notice_id = str(json.loads(quoted))
    if flaw := names.flaw(notice_id):
        raise InputError(f"{file_name}:{number}: the id {flaw}, as no run gives it; run the extraction again")
    return notice_id


def _checked(notice_id: str) -> str:
    if flaw := names.flaw(notice_id):
        raise InputError(f"{printable(notice_id)}: this id {flaw}; give the notice another")
    return notice_id


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
