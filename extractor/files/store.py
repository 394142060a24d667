"""A run's folder: what stands in it, and how it is written so that no stop at any time tears it.

``notices.jsonl`` one notice a line · ``texts/<notice_id>.txt`` what offsets index · ``run.json`` what the run did ·
``.work/<notice_id>.json`` finished work: a line about it (``Entry``), then the notice's line as it goes into
``notices.jsonl``. Each file is written beside its place and moved there when complete. An entry is saved after its
text and states the hashes of both: whatever a crash or a person did to either, it is taken up only while it is whole.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from extractor.errors import InputError, OutputError, SettingsError

_FULL = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG))
_ID = re.compile(rb'"notice_id":("(?:[^"\\]|\\.)*")')

Counts = dict[str, float | None]
"""What is counted of a notice, by name, e.g. ``{"issues": 37, "coverage": 0.94}``."""

Told = list[dict[str, str | int]]
"""What ingest left out of a notice's text, entry by entry: ``kind``, ``characters``, ``words``, ``where``."""


@dataclass(frozen=True)
class Entry:
    """What is known of finished work. ``key`` stands for all that can change the result; hashes are hex SHA-256."""

    key: str
    text_sha256: str
    line_sha256: str
    counts: Counts
    left_out: Told = field(default_factory=list)


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
        """What the run did."""
        return self.path / "run.json"

    @property
    def work(self) -> Path:
        """Finished work, one file a notice."""
        return self.path / ".work"

    @property
    def texts(self) -> Path:
        """The notices' plain texts, UTF-8, line ends as in the text."""
        return self.path / "texts"

    def save(
        self, notice_id: str, key: str, text: str, line: str, counts: Counts, left_out: Told | None = None
    ) -> None:
        """Keep a finished notice: its text, its line (JSON without line ends), and what goes into the report of it.

        Raises:
            OutputError: the folder cannot be written.
        """
        raw_text, raw_line = text.encode(), line.encode()
        entry = Entry(key, _sha256(raw_text), _sha256(raw_line), counts, left_out or [])
        _replace(self.texts / f"{notice_id}.txt", [raw_text])
        _replace(self._entry(notice_id), [json.dumps(asdict(entry)).encode(), b"\n", raw_line, b"\n"])

    def finished(self, notice_id: str, key: str) -> Entry | None:
        """Return what is known of a notice that is finished under ``key``, None where its work is to be done."""
        try:
            with self._entry(notice_id).open("rb") as file:
                entry = Entry(**json.loads(file.readline()))
                if entry.key != key or entry.line_sha256 != _sha256(file.read().removesuffix(b"\n")):
                    return None
            whole = entry.text_sha256 == _sha256((self.texts / f"{notice_id}.txt").read_bytes())
        except (OSError, ValueError, TypeError):
            return None
        return entry if whole else None

    def compose(self, notice_ids: Iterable[str]) -> None:
        """Write ``notices.jsonl`` from the finished work of ``notice_ids``, holding one notice at a time.

        Raises:
            OutputError: the folder cannot be written.
        """
        _replace(self.notices, map(self._line, notice_ids), durable=True)

    def write_report(self, report: Mapping[str, Any]) -> None:
        """Write ``run.json``.

        Raises:
            OutputError: the folder cannot be written.
        """
        text = json.dumps(report, ensure_ascii=False, indent=2)
        # A file name's undecodable bytes are lone surrogates, which JSON spells as this error handler does.
        _replace(self.report, [text.encode(errors="backslashreplace"), b"\n"], durable=True)

    def _entry(self, notice_id: str) -> Path:
        return self.work / f"{notice_id}.json"

    def _line(self, notice_id: str) -> bytes:
        with self._entry(notice_id).open("rb") as file:
            file.readline()
            return file.read()


@contextmanager
def opened(path: Path) -> Iterator[RunFolder]:
    """Make a run's folder, or take up an earlier run's, for this process alone until the end of the block.

    Raises:
        SettingsError: ``path`` is no folder or cannot be written, or another run is writing there.
        OutputError: the disk is full.
    """
    folder = RunFolder(path)
    try:
        for place in (path, folder.texts, folder.work):
            place.mkdir(parents=True, exist_ok=True)
            probe = place / ".probe.tmp"
            probe.touch()
            probe.unlink()
        lock = (folder.work / "lock").open("ab")
    except OSError as error:
        if error.errno in _FULL:
            raise _unwritable(path, error) from error
        reason = "it is a file" if path.is_file() else error.strerror or str(error)
        raise SettingsError(f"{path}: cannot be used as output folder ({reason}); choose another with --out") from error
    with lock:
        if not _locked(lock):
            raise SettingsError(f"{path}: another run is writing there; wait for it, or choose another with --out")
        for leftover in (*folder.work.glob("*.tmp"), *folder.texts.glob("*.tmp"), *path.glob("*.json*.tmp")):
            with suppress(OSError):
                leftover.unlink()
        yield folder


def stored_lines(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the id and the JSON of each notice that the run's folder ``path`` holds.

    Raises:
        InputError: it holds no notices.jsonl, or one that this program did not write.
    """
    file_name = RunFolder(path).notices
    try:
        with file_name.open("rb") as file:
            for number, line in enumerate(file, start=1):
                found = _ID.search(line, 0, 2000)
                if found is None:
                    raise InputError(f"{file_name}:{number}: is no notice; run the extraction again")
                yield json.loads(found[1]), line
    except FileNotFoundError:
        raise InputError(f"{path}: holds no notices.jsonl; give the folder that a run wrote (its --out)") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{file_name}: cannot be read ({error})") from error


def stored_text(path: Path, notice_id: str, sha256: str) -> str:
    """Return the text that a notice's offsets index; ``sha256`` is what the notice says of it.

    Raises:
        InputError: the text is missing, or another than the notice was made from.
    """
    file_name = RunFolder(path).texts / f"{notice_id}.txt"
    try:
        raw = file_name.read_bytes()
    except OSError as error:
        raise InputError(f"{file_name}: cannot be read ({error.strerror}); run the extraction again") from error
    if _sha256(raw) != sha256:
        raise InputError(f"{file_name}: is not the text its notice was made from; run the extraction again")
    return raw.decode()


def _replace(path: Path, pieces: Iterable[bytes], *, durable: bool = False) -> None:
    """Write a file under its final name all or not at all; ``durable`` also outlasts a power cut."""
    temporary = path.with_name(f"{path.name}.tmp")
    try:
        try:
            with temporary.open("wb") as file:
                file.writelines(pieces)
                if durable:
                    file.flush()
                    os.fsync(file.fileno())
            temporary.replace(path)
        except BaseException:
            with suppress(OSError):
                temporary.unlink()
            raise
    except OSError as error:
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> OutputError:
    if error.errno in _FULL:
        return OutputError(f"{path}: the disk is full; make room there, or choose another place with --out")
    return OutputError(f"{path}: cannot be written ({error.strerror or error}); choose another place with --out")


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _locked(file: IO[bytes]) -> bool:
    """Tell whether ``file`` is now locked for this process; the system unlocks it when the process ends, however."""
    lock: Callable[[], None]
    if sys.platform == "win32":
        import msvcrt

        def lock() -> None:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        def lock() -> None:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    try:
        lock()
    except OSError as error:
        return error.errno not in (errno.EACCES, errno.EAGAIN, errno.EDEADLK)  # else: a file system without locks
    return True
