"""LibreOffice as a converter of old office documents to docx, which our own reader then reads.

So automatic numbers, tracked changes and hidden text are treated as in any docx. LibreOffice runs apart: with a profile
of its own (no macros, no updates of links, a proxy that leads nowhere), in a temporary folder, within a time limit.
Where the process that calls it is confined, LibreOffice inherits its limits.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from extractor.errors import InputError
from extractor.files.sources.file_kinds import RefusedKindError, kind_by_ending
from extractor.files.sources.file_limits import Limits
from extractor.files.sources.source import too_large

_SECONDS = 90.0  # by the clock, for a start and a conversion; both take about two
_STARTS_AGAIN = 81  # the exit status by which LibreOffice asks for a second start, with a new profile
_STARTS = 3
# Named, since a document that LibreOffice does not recognise is read as plain text, source and all.
_FILTERS = {
    ".doc": "MS Word 97",
    ".rtf": "Rich Text Format",
    ".odt": "writer8",
    ".fodt": "OpenDocument Text Flat XML",
}
_PLACES = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    r"C:\Program Files\LibreOffice\program\soffice.bin",
    r"C:\Program Files (x86)\LibreOffice\program\soffice.bin",
)
_NAMES = frozenset(("PATH", "LANG", "LC_ALL", "LC_CTYPE", "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "FONTCONFIG_FILE"))
_SCRIPTS = "/org.openoffice.Office.Common/Security/Scripting"
_NET = "/org.openoffice.Inet/Settings"
_SETTINGS = (
    (_SCRIPTS, "MacroSecurityLevel", "3"),
    (_SCRIPTS, "DisableMacrosExecution", "true"),
    (_SCRIPTS, "DisableActiveContent", "true"),
    (_SCRIPTS, "BlockUntrustedRefererLinks", "true"),
    ("/org.openoffice.Office.Writer/Content/Update", "Link", "2"),
    ("/org.openoffice.Office.Common/Load", "UpdateDocMode", "0"),
    (_NET, "ooInetProxyType", "2"),
    *((_NET, f"ooInet{kind}ProxyName", "127.0.0.1") for kind in ("HTTP", "HTTPS", "FTP")),
    *((_NET, f"ooInet{kind}ProxyPort", "9") for kind in ("HTTP", "HTTPS", "FTP")),
)


@cache
def office_program() -> str | None:
    """Return LibreOffice's program, None where it is not installed."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    for place in (found, *_PLACES):
        if place and Path(place).exists():
            itself = Path(place).resolve().with_name("soffice.bin")  # what the script would start, as a child
            return str(itself if itself.exists() else place)
    return None


def as_docx(data: bytes, name: str, ending: str, limits: Limits) -> bytes:
    """Return a document as LibreOffice saves it as docx; ``ending`` (``.doc``) says what it is, ``name`` names it.

    Raises:
        InputError: LibreOffice cannot open it, takes too long or too much memory, or is not there.
    """
    program = office_program()
    if program is None:
        raise RefusedKindError(name, kind_by_ending(ending) or "doc")
    with tempfile.TemporaryDirectory(prefix="notice-office-", ignore_cleanup_errors=True) as folder:
        place = Path(folder)
        (place / f"document{ending}").write_bytes(data)
        _write_profile(place / "profile")
        why = _convert(program, place, ending)
        made = place / "out" / "document.docx"
        if not made.is_file():
            raise InputError(f"{name}: LibreOffice {why}; open it there, or in Word, and save it as docx")
        if made.stat().st_size > limits.file_bytes:
            raise too_large(name, made.stat().st_size, limits.file_bytes)
        return made.read_bytes()


def _convert(program: str, place: Path, ending: str) -> str:
    """Convert the document in a folder; return why there is no result, where there is none."""
    command = [program, f"-env:UserInstallation={(place / 'profile').as_uri()}", *_options(place, f"document{ending}")]
    for _ in range(_STARTS):
        status = _run(command, place)
        if status is None:
            return f"takes more than {_SECONDS:.0f} s to open it"
        if status != _STARTS_AGAIN:
            break
    return "cannot open it" if status == 0 else f"cannot open it, or not within the memory and time allowed ({status})"


def _options(place: Path, document: str) -> Iterable[str]:
    yield from ("--headless", "--invisible", "--norestore", "--nologo", "--nolockcheck", "--nodefault")
    yield f"--infilter={_FILTERS[Path(document).suffix]}"
    yield from ("--convert-to", "docx:MS Word 2007 XML", "--outdir", str(place / "out"), str(place / document))


def _run(command: list[str], place: Path) -> int | None:
    """Return the exit status of a command that runs in a folder; None where it was ended for taking too long."""
    is_script = sys.platform == "linux" and not command[0].endswith(".bin")  # whose children have to be ended, too
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=place,
        env=_environment(place),
        start_new_session=is_script,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    try:
        return process.wait(_SECONDS)
    except subprocess.TimeoutExpired:
        return None
    finally:
        if is_script:
            _kill_group(process.pid)
        process.kill()
        process.wait()


def _kill_group(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _environment(place: Path) -> dict[str, str]:
    """Return the few variables that LibreOffice gets: no home of ours, no display, no proxy, no key."""
    kept = {name: value for name, value in os.environ.items() if name.upper() in _NAMES}
    own = str(place)
    return kept | {
        **dict.fromkeys(("HOME", "TMPDIR", "TMP", "TEMP", "USERPROFILE", "APPDATA", "XDG_CACHE_HOME"), own),
        **dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), "http://127.0.0.1:9"),
        "SAL_USE_VCLPLUGIN": "svp",
        "SAL_DISABLE_OPENCL": "1",
    }


def _write_profile(profile: Path) -> None:
    items = "".join(
        f'<item oor:path="{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for path, name, value in _SETTINGS
    )
    user = profile / "user"
    user.mkdir(parents=True)
    (user / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry" '
        'xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"{items}</oor:items>",
        encoding="utf-8",
    )
