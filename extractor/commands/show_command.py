"""``python -m extractor show``: a run's notices for people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from extractor.commands.shared_options import Language, LanguageOption
from extractor.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console

    from extractor.record.contract import Notice


def show(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder that a run wrote.")],
    notice_id: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="The notice; may be left out where DIR has one.")
    ] = None,
    lang: LanguageOption = Language.ZH,
) -> None:
    """Print a notice as a tree, or a table of all notices."""
    from extractor.runs.run_folder import stored_lines, stored_places, stored_text

    if notice_id is None:
        ids = [stored_id for stored_id, _ in stored_lines(folder)]
        if len(ids) != 1:
            _show_table(folder, lang)
            return
        notice_id = ids[0]
    notice = _find(folder, notice_id)
    from extractor.commands.record_tree import notice_tree
    from extractor.files.parts.text_places import place_names, text_places_from

    text = stored_text(folder, notice.notice_id, notice.text_sha256)
    named = place_names(text_places_from(stored_places(folder, notice.notice_id)))
    _console().print(notice_tree(notice, text, lang.value, named))


def _find(folder: Path, notice_id: str) -> Notice:
    from difflib import get_close_matches

    from extractor.runs.run_folder import stored_lines

    ids = []
    for stored_id, line in stored_lines(folder):
        if stored_id == notice_id:
            return _parsed(folder, line)
        ids.append(stored_id)
    near = get_close_matches(notice_id, ids, cutoff=0.5) or [i for i in ids if notice_id.casefold() in i.casefold()][:3]
    remedy = f"did you mean {' or '.join(near)}?" if near else f"it holds {len(ids)}, listed by: show {folder}"
    raise InputError(f"{folder}: holds no notice {notice_id}; {remedy}")


def _parsed(folder: Path, line: bytes) -> Notice:
    from pydantic import ValidationError

    from extractor.record.contract import Notice

    try:
        return Notice.model_validate_json(line)
    except ValidationError as error:
        found = error.errors()[0]
        where = ".".join(map(str, found["loc"])) or "its first mark"
        raise InputError(f"{folder}: a stored notice breaks the contract at {where}; run again") from error


def _show_table(folder: Path, lang: Language) -> None:
    import json

    from extractor.commands.record_tree import notice_table
    from extractor.runs.run_folder import stored_lines

    # One notice is in memory at a time: the table keeps a few words of each.
    notices = (json.loads(line) for _, line in stored_lines(folder))
    _console().print(notice_table(notices, lang.value))


def _console() -> Console:
    """Return a console on standard output; outside a terminal it does not wrap lines."""
    from rich.console import Console

    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=100_000)
