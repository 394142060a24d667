"""The log on standard error: plain lines, or one JSON object a line for machines.

A notice's text is logged at debug level only; messages at info and above name files, ids and counts.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

from extractor.messages import language, said
from extractor.terminal import printable

LOGGER = logging.getLogger("extractor")

_OWN_FIELDS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


def configure(level: str = "warning", *, as_json: bool = False) -> None:
    """Log the package's messages of ``level`` (debug, info, warning, error) and above to standard error."""
    handler = _StandardError()
    handler.setFormatter(_JsonLines() if as_json else _PlainLines())
    LOGGER.handlers = [handler]
    LOGGER.setLevel(level.upper())
    LOGGER.propagate = False


def logged_line(message: str, level: int = logging.ERROR) -> str:
    """Return the line, without its end, as which a message is logged."""
    record = LOGGER.makeRecord(LOGGER.name, level, "", 0, message, (), None)
    return next((handler.format(record) for handler in LOGGER.handlers), message)


class _StandardError(logging.Handler):
    """A handler that writes to the current ``sys.stderr``: a progress bar replaces it while it runs."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            print(self.format(record), file=sys.stderr, flush=True)
        except Exception:
            self.handleError(record)


class _PlainLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        lang = language()  # whoever is answered meanwhile in another
        level = said(f"{record.levelname.lower()}:", lang)
        line = f"{level}{'' if level.endswith('：') else ' '}{said(printable(record.getMessage()), lang)}"
        trace = _trace(self, record)
        return "\n".join([line, *map(printable, trace.splitlines())])


class _JsonLines(logging.Formatter):
    """A formatter of one JSON object a line: time (UTC), level, logger, message, then the fields given as ``extra``."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: value for name, value in vars(record).items() if name not in _OWN_FIELDS}
        if trace := _trace(self, record):
            line["traceback"] = trace
        return json.dumps(line, ensure_ascii=False, default=str)


def _trace(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    """Return the traceback of the record's exception, or the one that a worker process sent as text, or ""."""
    if record.exc_info:
        return formatter.formatException(record.exc_info)
    return str(getattr(record, "traceback", ""))
