"""Files written whole or not at all, and nothing left over.

A writer works in a folder of its own beside its targets, the workplace: ``.NAME.<16 hex digits>.tmp``. It holds the
lock on the file ``lock`` in it, which the system releases however the process ends. So the next writer can tell a
workplace in use from one that a killed process left, and removes the latter. ``new`` holds the new files. With several
targets, ``old`` keeps the replaced files and ``plan`` lists the replacements: a failure is undone, and the next writer
completes what a kill interrupted.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, NamedTuple

from extractor.disk import system
from extractor.errors import OutputError, SettingsError

ANOTHER_PLACE = "choose another place with --to"

_TEMPORARY = re.compile(r"\..+\.[0-9a-f]{16}\.tmp", re.DOTALL)
_PARTS = frozenset(("lock", "new", "old", "plan"))
_LONGEST = 40  # code points of a name that a temporary one repeats
_ATTEMPTS = 20

_Place = tuple[int, int, int]  # a file's number, size, and time of change


def temporary_name(name: str) -> str:
    """Return a new temporary name for ``name``, in a form that no other program uses."""
    return f".{name[:_LONGEST]}.{secrets.token_hex(8)}.tmp"


def is_temporary(name: str) -> bool:
    """Return whether a name has the form that ``temporary_name`` gives."""
    return _TEMPORARY.fullmatch(name) is not None


def oddity(path: Path) -> str | None:
    """Return why ``path`` cannot be written as a file, as the rest of a sentence, or None.

    Raises:
        OSError: the system does not say what is there.
    """
    found = system.kind(path)
    if found == "folder":
        return "is a folder"
    if found in ("nothing", "file"):
        return None
    named = {"link": "a symbolic link", "pipe": "a pipe"}.get(found, f"a {found}")
    return f"is {named}, which is not replaced"


def unwritable(path: Path | str, error: OSError, advice: str) -> OutputError:
    """Return the error for a file that cannot be written; ``advice`` names a way out."""
    reason = error.strerror or str(error)
    if error.errno in system.FULL:
        return OutputError(f"{path}: the disk is full; make room there, or {advice}")
    if isinstance(error, PermissionError):
        return OutputError(f"{path}: cannot be replaced ({reason}); close it in other programs, or {advice}")
    return OutputError(f"{path}: cannot be written ({reason}); {advice}")


def write_file(path: Path, pieces: Iterable[bytes], *, durable: bool) -> None:
    """Write a file whole or not at all, in a folder that this process alone writes to.

    Only its owner can read it, unless it replaces a file that others can read. A killed process leaves a file beside
    it, which ``sweep_files`` removes. A ``durable`` file survives a power cut.

    Raises:
        OSError: it cannot be written, or ``path`` is not a file.
    """
    if odd := oddity(path):
        raise OSError(None, odd, str(path))
    temporary = path.with_name(temporary_name(path.name))
    try:
        with system.create(temporary) as file:
            file.writelines(pieces)
            if durable:
                system.sync(file)
        _keep_mode(temporary, path)
        system.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    if durable:
        system.sync_folder(path.parent)


def try_out(folder: Path) -> None:
    """Create and remove a file in a folder, to see whether that works.

    Raises:
        OSError: it does not.
    """
    path = folder / temporary_name("trial")
    system.create(path).close()
    path.unlink()


def sweep_files(folder: Path) -> None:
    """Remove the files that a killed ``write_file`` left in a folder, to which no other process may write."""
    for path in folder.iterdir():
        if is_temporary(path.name) and system.kind(path) == "file":
            with suppress(OSError):
                path.unlink()


@contextmanager
def written_whole(
    targets: Sequence[Path], *, within: Path | None = None, advice: str = ANOTHER_PLACE
) -> Iterator[list[Path]]:
    """Yield a path to write for each of ``targets``; after the block, all files take their places, or none.

    The names of the targets differ. The paths are in a new folder, where a writer may put files of its own, too. It is
    in ``within`` (by default the first target's folder), and is removed at the end of the block, or by the next writer
    there if the process is killed. ``advice`` ends the sentences about what cannot be written.

    Raises:
        SettingsError: a target is a folder, a link, a pipe or a device, or its folder cannot be made.
        OutputError: the disk is full, or a file cannot be written or replaced.
    """
    place = within or targets[0].parent
    at = place
    try:
        for at in targets:
            if odd := oddity(at):
                raise SettingsError(f"{at}: {odd}; give the name of an ordinary file")
        for at in dict.fromkeys((place, *(target.parent for target in targets))):
            at.mkdir(parents=True, exist_ok=True)
        at = place
        sweep(place)
        workplace = _new_workplace(place, targets[0].stem)
    except OSError as error:
        if error.errno in system.FULL:
            raise unwritable(targets[0], error, advice) from error
        raise SettingsError(f"{at}: cannot be written ({error.strerror or error}); {advice}") from error
    made = [workplace.new / target.name for target in targets]
    try:
        yield made
        _settle(workplace, made, targets, place)
    except OSError as error:
        raise unwritable(_meant(error, made, targets), error, advice) from error
    finally:
        with suppress(OSError):
            _clear(workplace)


def write_texts(texts: Mapping[Path, str], *, within: Path, advice: str = ANOTHER_PLACE) -> None:
    """Write texts as UTF-8 to their files, all or none; raises as ``written_whole`` does."""
    with written_whole(list(texts), within=within, advice=advice) as made:
        for path, text in zip(made, texts.values(), strict=True):
            with writing(path):
                path.write_bytes(text.encode())


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Give a system error in the block the name of the file that was being written."""
    try:
        yield
    except OSError as error:
        if error.filename is None:
            error.filename = str(path)
        raise


def sweep(place: Path) -> None:
    """Complete or remove what killed writers left in a folder.

    Workplaces in use, and what no writer made, stay; so does everything in a folder that may not be listed.
    """
    found: list[Path] = []
    with suppress(PermissionError):
        found = sorted(place.iterdir())
    for path in found:
        if not is_temporary(path.name):
            continue
        with suppress(OSError):
            if system.kind(path) == "folder" and system.is_own(path):
                _take_away(path, place)


class _Workplace(NamedTuple):
    """A writer's folder, with the file in it that is locked while the writer lives."""

    path: Path
    lock: IO[bytes]

    @property
    def new(self) -> Path:
        """The folder of the new files."""
        return self.path / "new"

    @property
    def old(self) -> Path:
        """The folder of the replaced files."""
        return self.path / "old"

    @property
    def plan(self) -> Path:
        """The list of replacements: each target's path within the place, and the file that was there (None: none)."""
        return self.path / "plan"


def _new_workplace(place: Path, name: str) -> _Workplace:
    for _ in range(_ATTEMPTS):
        path = place / temporary_name(name)
        path.mkdir(mode=0o700)
        try:
            file = system.create(path / "lock")
        except (
            FileExistsError,
            FileNotFoundError,
        ):  # another writer took the folder for a leftover: it had no lock yet
            continue
        if system.lock(file) != "busy" and system.is_open_at(file, path / "lock"):
            workplace = _Workplace(path, file)
            workplace.new.mkdir()
            workplace.old.mkdir()
            return workplace
        file.close()
    raise OSError(None, "other writers are in the way", str(place))


def _take_away(path: Path, place: Path) -> None:
    if any(part.name not in _PARTS and not is_temporary(part.name) for part in path.iterdir()):
        return
    workplace = _Workplace(path, system.open_lock(path / "lock"))
    # Where the file system has no locks, nobody can tell whether the writer lives: then it stays.
    if system.lock(workplace.lock) == "taken" and system.is_open_at(workplace.lock, path / "lock"):
        _carry_through(workplace, place)
        _clear(workplace)
    workplace.lock.close()


def _clear(workplace: _Workplace) -> None:
    """Remove a workplace; its lock is held until the end and removed last."""
    for folder in (workplace.new, workplace.old):
        shutil.rmtree(folder, ignore_errors=True)
    workplace.plan.unlink(missing_ok=True)
    sweep_files(workplace.path)
    system.remove_open(workplace.lock, workplace.path / "lock")
    workplace.path.rmdir()


def _settle(workplace: _Workplace, made: Sequence[Path], targets: Sequence[Path], place: Path) -> None:
    """Move the new files to their places."""
    for path, target in zip(made, targets, strict=True):
        with writing(target), path.open("rb+") as file:
            system.sync(file)
        _keep_mode(path, target)
    if len(targets) == 1:
        system.replace(made[0], targets[0])
    else:
        system.sync_folder(workplace.new)
        for target in targets:
            _keep(target, workplace.old / target.name)
        plan = [(os.path.relpath(target, place), _place(target)) for target in targets]
        write_file(workplace.plan, [json.dumps(plan).encode()], durable=True)
        try:
            for path, target in zip(made, targets, strict=True):
                system.replace(path, target)
        except BaseException:
            workplace.plan.unlink(missing_ok=True)
            _put_back(workplace, made, targets)
            raise
    for folder in {target.parent for target in targets}:
        system.sync_folder(folder)


def _put_back(workplace: _Workplace, made: Sequence[Path], targets: Sequence[Path]) -> None:
    """Undo the replacements; a file that cannot be restored stays replaced, and whole."""
    for path, target in zip(made, targets, strict=True):
        old = workplace.old / target.name
        with suppress(OSError):
            if path.exists():
                continue
            if old.exists():
                system.replace(old, target)
            else:
                target.unlink()


def _carry_through(workplace: _Workplace, place: Path) -> None:
    """Make the replacements that a killed writer had planned, except where a target has changed since."""
    try:
        plan = json.loads(workplace.plan.read_bytes())
        steps = [(str(name), found and tuple(found)) for name, found in plan]
    except (FileNotFoundError, ValueError, TypeError):
        return
    for name, found in steps:
        target = place / name
        new = workplace.new / target.name
        if Path(name).is_absolute() or ".." in Path(name).parts or system.kind(new) != "file":
            continue
        if _place(target) == found:
            system.replace(new, target)


def _keep(target: Path, kept: Path) -> None:
    """Keep the file at ``target``, if there is one, under a second name or as a copy."""
    if system.kind(target) != "file":
        return
    try:
        kept.hardlink_to(target)
    except OSError:  # a file system without second names
        with writing(target):
            shutil.copy2(target, kept)


def _keep_mode(path: Path, target: Path) -> None:
    """Give a new file the permissions of the one it replaces."""
    with suppress(OSError):
        if system.kind(target) == "file":
            path.chmod(stat.S_IMODE(target.lstat().st_mode))


def _place(path: Path) -> _Place | None:
    """Return what identifies the file at ``path`` among all that may be put there, or None if there is none."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def _meant(error: OSError, made: Sequence[Path], targets: Sequence[Path]) -> Path | str:
    """Return the target that an error names, or all of them if it names none."""
    named = {str(error.filename), str(error.filename2)}
    for path, target in zip(made, targets, strict=True):
        if named & {str(path), str(target)}:
            return target
    return targets[0] if len(targets) == 1 else f"{targets[0]} … {targets[-1].name}"
