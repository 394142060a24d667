"""``python -m extractor report``: a run as one HTML file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from extractor.commands.line_output import say
from extractor.commands.run_argument import RunArgument, is_address, written_run
from extractor.commands.shared_options import Language
from extractor.errors import SettingsError


def report(
    folder: RunArgument,
    *,
    to: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The file to write. [default: DIR/report.html]")
    ] = None,
    show: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
    lang: Annotated[Language, typer.Option(help="The language it opens in; it contains both.")] = Language.ZH,
) -> None:
    """Write a run as one HTML file that works from disk, without a network.

    Of more than 2,000 notices it is a small page and a folder of parts beside it, which it loads as they are needed.

    Of a service's folder (its --data) it shows all notices as people corrected them; the service may be running.

    It holds an overview of all notices (charts, tables to sort and filter, each number a link to its sentences), and
    each notice's text beside its issues, with a list of what to check first.
    """
    import webbrowser

    from extractor.pages.run_page import write_report

    if to is None and is_address(folder):
        raise SettingsError(f"{folder}: a report is a file on this machine; say which with --to")
    file = to or Path(folder) / "report.html"
    with written_run(folder, lang.value) as run:
        written = write_report(run, file, lang.value)
    say(f"{file}: {written.notices} notices, {written.bytes / 1e6:.1f} MB")
    if written.parts:
        say(f"its parts are in {written.parts} beside it; hand both on together")
    if not show:
        say(f"next: open {file} in a browser")
    elif not webbrowser.open(file.resolve().as_uri()):
        say("no browser could be started; open the file yourself", err=True)
