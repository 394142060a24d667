"""The tree of errors: the class of an error says who has to act.

``extractor.cli`` turns each into one sentence and an exit status.
"""

from __future__ import annotations


class ExtractorError(Exception):
    """The base of all errors this package raises on purpose; ``str(error)`` is a sentence for people."""


class InputError(ExtractorError):
    """A given file cannot be read: the message names the file, the place in it and the remedy."""

    def in_words(self, lang: str) -> str:  # noqa: ARG002
        """Return the message in a language (zh, en), as far as it is there in both."""
        return str(self)


class SettingsError(ExtractorError):
    """A setting or an option is wrong or missing."""


class OutputError(ExtractorError):
    """The output folder cannot be written any more: full, read-only, or gone."""


class EndpointError(ExtractorError):
    """The model's endpoint failed."""


class AnswerError(ExtractorError):
    """The model gave an answer that cannot be used."""


class BugError(ExtractorError):
    """The extractor broke one of its own promises; please report it."""


def unforeseen(name: str, error: Exception) -> str:
    """Return a sentence about an error that nobody foresaw in reading ``name``.

    It gives only the error's type: its message may quote the notice.
    """
    return f"{name}: the extractor failed on it ({type(error).__name__}); please report this"
