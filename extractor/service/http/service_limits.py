"""The service's own limits; those of single files are in ``extractor.files.sources.file_limits``."""

from __future__ import annotations

from dataclasses import dataclass

from extractor.files.sources.file_limits import DEFAULT_LIMITS, MB

BODY_BYTES = DEFAULT_LIMITS.archive_unpacked_bytes + MB
"""Bytes of a body with files: the largest archive that is read, and what multipart adds to it."""
JSON_BYTES = DEFAULT_LIMITS.file_bytes
"""Bytes of a JSON body."""
SMALL_BYTES = 256_000
"""Bytes of a JSON body that is held in memory and parsed in this process; larger ones are parsed in the sandbox."""
CHANGE_BYTES = 100_000
"""Bytes of a body with a change, and of a page's form."""
CHOICE_BYTES = 5 * MB
"""Bytes of a body that asks which of a folder's files are read."""
TEXTS = 10_000
"""Notices in one JSON body, however many the queue may hold."""
FORM_FIELDS = 1_000
"""Fields of a page's form."""
QUERY_BYTES = 4_000
"""Bytes of a query string."""
PATH_CHARACTERS = 1_000
EXPORTS_WAITING = 8
"""Exports that may wait while another is written; further ones are answered with 503."""
HEAD_BYTES = 32_000
"""Bytes of a request's line and headers."""
SLOWEST = 10_000
"""Bytes a second that a body must reach on average."""
CONNECTIONS = 250
"""Connections at once; further ones are answered with 503."""
NAME_CHARACTERS = 255
"""Code points of a file's name, folders included."""


@dataclass(frozen=True)
class ServiceLimits:
    """The limits that a command line can set."""

    queue: int = 1000
    """Notices that may wait; further ones are answered with 429."""
    seconds: int = 60
    """Seconds of processor time for parsing one document (with the rules: reading it, too) or unpacking one archive;
    four times as many by the clock."""
    memory_bytes: int = 1500 * MB
    """Bytes of address space of the process that does so."""
    patience: float = 20.0
    """Seconds that a client may take for a request's head, for its body beyond what ``SLOWEST`` allows, and to receive
    a piece of the answer."""
    drain_seconds: float = 30.0
    """Seconds that running work may still take when the service stops."""
