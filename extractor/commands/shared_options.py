"""Options that several commands share."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer


class Language(StrEnum):
    """The language of names and messages."""

    ZH = "zh"
    EN = "en"


MessagesOption = Annotated[
    Language | None, typer.Option("--lang", help="Language of messages. [default: that of the environment]")
]
LanguageOption = Annotated[Language, typer.Option(help="Language of names and of checks' messages.")]
