"""Lines that commands print for people, in the language of messages."""

from __future__ import annotations

import typer

from extractor.messages import said
from extractor.terminal import printable


def say(sentence: str, *, err: bool = False) -> None:
    """Print an English sentence of the code as one line, in the language of messages; ``err``: on standard error."""
    typer.echo(said(printable(sentence)), err=err)
