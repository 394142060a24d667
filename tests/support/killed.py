"""Kill an action at each of its operations on files in turn, and look at what that leaves.

It runs as a process of its own, without threads, so that each attempt can be a fork of it:
``python killed.py ACTION FOLDER``. Before each operation on a file the system is asked nothing and the process told
nothing: it is gone, as after a crash or ``kill -9``.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

from answer_examples import key, record
from cli_examples import NOTICE

from extractor import extract
from extractor.disk.whole import is_temporary, sweep, write_texts
from extractor.endpoint.cache import AnswerCache
from extractor.endpoint.recording import export as export_answers
from extractor.exports.exporter import export
from extractor.exports.written_notices import WrittenNotice, run_in
from extractor.pages.run_page import write_report
from extractor.record.contract import Notice
from extractor.runs.run import run
from extractor.runs.run_folder import opened

_CHANGES = ("os.mkdir", "os.rename", "os.link", "os.remove", "os.rmdir", "os.chmod", "shutil.rmtree", "sqlite3.connect")
TEXTS = {"old": NOTICE, "new": NOTICE.replace("5人", "6人")}


class Action(NamedTuple):
    """A writer to be killed.

    ``do`` takes the folder and the one of two texts to write. ``together``: its files are of one writing once the next
    writer has been there.
    """

    do: Callable[[Path, str], object]
    together: bool = True
    settle: Callable[[Path], object] = sweep


def _exported(ending: str) -> Action:
    return Action(lambda place, which: export([_written(which)], place / ending))


@cache
def _notice(which: str) -> Notice:
    return extract(TEXTS[which], notice_id="a")


def _written(which: str) -> WrittenNotice:
    return WrittenNotice("a", _notice(which).model_dump_json().encode(), TEXTS[which])


def _stored(place: Path, which: str) -> None:
    """A run's folder, from which a report is made; outside of what is looked at."""
    with opened(place.with_name(which)) as folder:
        folder.save("a", "key", TEXTS[which], _notice(which).model_dump_json(), {})
        folder.compose(["a"])


def _report(place: Path, which: str) -> None:
    write_report(run_in(place.with_name(which)), place / "report.html")


def _gold(place: Path, which: str) -> None:
    write_texts({place / "notices" / "a.txt": which, place / "labels" / "a.yaml": which}, within=place)


def _cache_export(place: Path, which: str) -> None:
    with AnswerCache(place.with_name(f"cache-{which}")) as answers:
        export_answers(answers, place / "answers.jsonl")


def _run(place: Path, which: str) -> None:
    """A run over inputs that have changed where they are: other paths would be further notices."""
    inputs = place.with_name(f"{place.name}-in")
    inputs.mkdir(exist_ok=True)
    for name, more in (("a.txt", ""), ("b.txt", "附")):
        (inputs / name).write_text(TEXTS[which] + more, encoding="utf-8")
    run([str(inputs)], place / "out", jobs=1)


def _save(place: Path, which: str) -> None:
    """What the process that reads the notices of a run does; the run's own operations are those of ``_run``."""
    with opened(place / "out") as folder:
        folder.save("a", "key", TEXTS[which], _notice(which).model_dump_json(), {})
        folder.compose(["a"])


def _open_again(place: Path) -> None:
    if (place / "out").exists():
        with opened(place / "out"):
            pass


ACTIONS: Mapping[str, Action] = {
    "csv": _exported("a.csv"),
    "parquet": _exported("a.parquet"),
    "xlsx": _exported("a.xlsx"),
    "sqlite": _exported("a.sqlite"),
    "report": Action(_report),
    "gold": Action(_gold),
    "cache-export": Action(_cache_export),
    "run": Action(_run, together=False, settle=_open_again),
    "save": Action(_save, together=False, settle=_open_again),
}


def contents(place: Path) -> dict[str, bytes]:
    """The files below a folder but for those that are writers' own, and what a run says of when it ran."""
    files = (path for path in sorted(place.rglob("*")) if path.is_file() and not _is_own(path.relative_to(place)))
    return {str(path.relative_to(place)): path.read_bytes() for path in files}


def _is_own(path: Path) -> bool:
    return any(map(is_temporary, path.parts)) or path.name in ("run.json", "lock") or ".work" in path.parts


def killed_at(point: int, do: Callable[[], object]) -> bool:
    """Do it in a process that is killed at its operation of this number; return whether it came so far."""
    child = os.fork()
    if child == 0:
        seen = 0

        def watch(event: str, arguments: tuple[Any, ...]) -> None:
            nonlocal seen
            if event in _CHANGES or (event == "open" and (arguments[2] or 0) & (os.O_WRONLY | os.O_RDWR)):
                seen += 1
                if seen == point:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(watch)
        try:
            do()
        except BaseException:
            os._exit(1)
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in (0, -signal.SIGKILL), status
    return status != 0


def check(action: Action, folder: Path, every: int) -> int:
    """Kill the action at each of its points, or at ``every`` other; return how many there were."""
    wanted = {}
    for which in TEXTS:
        place = folder / f"clean-{which}"
        place.mkdir()
        action.do(place, which)
        wanted[which] = contents(place)
    point = 1
    while True:
        place = folder / f"at-{point}"
        place.mkdir()
        action.do(place, "old")
        was_killed = killed_at(point, partial(action.do, place, "new"))
        for name, content in contents(place).items():
            assert content in (wanted["old"].get(name), wanted["new"].get(name)), (point, name)
        action.settle(place)
        left = [path for path in place.rglob("*") if is_temporary(path.name)]
        assert left == [], (point, left)
        if action.together:
            assert contents(place) in (wanted["old"], wanted["new"]), point
        action.do(place, "new")
        assert contents(place) == wanted["new"], point
        if not was_killed:
            return point
        point += every


def main(name: str, folder: Path, every: int) -> None:
    """Prepare what actions begin with, and check one."""
    os.umask(0o022)
    for which in TEXTS:
        _stored(folder / "place", which)
        with AnswerCache(folder / f"cache-{which}") as answers:
            for number in range(3):
                answers.put(key(number), record(f"{which} {number}"))
    print(check(ACTIONS[name], folder, every))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
