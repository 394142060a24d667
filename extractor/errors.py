"""One tree of errors, in which the class says whose turn it is to act.

The command line turns each into one sentence and an exit status in one place (``extractor.cli``).
"""

from __future__ import annotations


class ExtractorError(Exception):
    """Base of all errors this package raises on purpose; ``str(error)`` is a sentence for people."""


class InputError(ExtractorError):
    """A file that was given cannot be read as asked: the message names the file, the place and the remedy."""


class SettingsError(ExtractorError):
    """A setting or an option is wrong or missing."""


class OutputError(ExtractorError):
    """The output folder cannot be written any more: full, read-only, or gone."""


class EndpointError(ExtractorError):
    """The model's endpoint failed."""


class AnswerError(ExtractorError):
    """The model answered with something that cannot be used."""


class BugError(ExtractorError):
    """The extractor broke one of its own promises; please report it."""
