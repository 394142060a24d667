"""Help of commands: options under headings, and all of it in the language of messages."""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from typing import Any

from typer.core import TyperCommand

from extractor.data import read_table
from extractor.messages import help_in_chinese

LIMITS, MESSAGES, CLUSTER, MODEL = "Limits", "Messages", "Cluster", "Model and endpoint"
"""The headings of options beside the everyday ones."""
_HEADED = {
    **dict.fromkeys(
        ("--jobs", "--seconds", "--memory", "--workers", "--queue", "--patience", "--drain-seconds"), LIMITS
    ),
    **dict.fromkeys(("--log-level", "--log-json"), MESSAGES),
    **dict.fromkeys(("--engine", "--ray-address"), CLUSTER),
    **dict.fromkeys(("--backend", "--cache-dir", "--offline", "--replay"), MODEL),
}
_WIDTH = 60
"""Code points of a line of Chinese help; each takes two columns."""


class SectionedCommand(TyperCommand):
    """A command whose help has the everyday options first, and the others under the headings that they name."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write arguments and options, each under its heading; those without one come first."""
        sections: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            heading = "Arguments" if parameter.param_type_name == "argument" else "Options"
            named = getattr(parameter, "rich_help_panel", None) or _HEADED.get(parameter.opts[0])
            if record is not None:
                sections[named or heading].append(record)
        for heading in sorted(sections, key=[*("Arguments", "Options"), LIMITS, MESSAGES, CLUSTER, MODEL].index):
            with formatter.section(heading):
                formatter.write_dl(sections[heading])


def is_asked(arguments: Sequence[str]) -> bool:
    """Return whether the arguments ask for help, or are so few that the command answers with it."""
    own = list(arguments)[: list(arguments).index("--")] if "--" in arguments else list(arguments)
    return "--help" in own or own in ([], ["batch"], ["cache"], ["gold"])


@contextmanager
def redirected_page() -> Iterator[None]:
    """Have what is printed meanwhile, a page of help, laid out in Chinese."""
    page, before = StringIO(), sys.stdout
    with redirect_stdout(page):
        try:
            yield
        finally:
            print(layout_in_chinese(page.getvalue()), end="", file=before)


def put_into_chinese(command: Any) -> None:
    """Replace the help of a command, of its options and of its commands by the Chinese one."""
    command.help = command.help and _wrappable(help_in_chinese(command.help))
    command.context_settings["max_content_width"] = _WIDTH
    for parameter in command.params:
        if getattr(parameter, "help", None):
            parameter.help = _wrappable(help_in_chinese(parameter.help))
    for each in getattr(command, "commands", {}).values():
        put_into_chinese(each)


def _wrappable(text: str) -> str:
    """Return a text with blanks before its longer Latin words, at which lines may end."""
    return re.sub(r"(?<=[\u3000-\uffef])(?=[A-Za-z0-9_./-]{4})", " ", text)


def layout_in_chinese(page: str) -> str:
    """Return a page of help with its headings and marks in Chinese."""
    for english, chinese in read_table("messages")["help_layout"].items():
        start = "^" if english.endswith(":") else ""
        page = re.sub(start + re.escape(english) + (" ?" if start else ""), chinese, page, flags=re.MULTILINE)
    return page
