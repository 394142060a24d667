"""The service's own limits. Those of single files are in ``extractor.files.sources.file_limits``."""

from __future__ import annotations

from dataclasses import dataclass

from extractor.files.sources.file_limits import DEFAULT_LIMITS, MB

BODY_BYTES = DEFAULT_LIMITS.archive_unpacked_bytes + MB
"""Bytes of one request's body: the largest archive that is read, and what multipart puts around it."""
JSON_BYTES = DEFAULT_LIMITS.file_bytes
"""Bytes of a JSON body."""
SMALL_BYTES = 256_000
"""Bytes of a JSON body up to which it is held in memory and parsed in this process; larger ones are not."""
CHANGE_BYTES = 100_000
"""Bytes of a body that changes one thing, and of a page's form."""
TEXTS = 10_000
"""Notices in one JSON body, whatever the queue may hold."""
FORM_FIELDS = 1_000
"""Fields of a page's form."""
QUERY_BYTES = 4_000
"""Bytes of what follows the question mark."""
PATH_CHARACTERS = 1_000
EXPORTS_WAITING = 8
"""Exports that may wait while another is made; beyond them the answer is 503."""
HEAD_BYTES = 32_000
"""Bytes of a request's line and headers."""
SLOWEST = 10_000
"""Bytes a second that a body may not stay below in the long run."""
CONNECTIONS = 250
"""Connections at once; beyond them the answer is 503."""
NAME_CHARACTERS = 255
"""Code points of a file's name, folders included."""


@dataclass(frozen=True)
class Bounds:
    """The limits that a command line may set."""

    queue: int = 1000
    """Notices that may wait; beyond them the answer is 429."""
    seconds: int = 60
    """Seconds of processor time that parsing one document (by rules: reading it, too) or unpacking one archive may
    take; by the clock, four times as many."""
    memory_bytes: int = 1500 * MB
    """Address space of the process that does it."""
    patience: float = 20.0
    """Seconds that a client may take for a request's head, for its body beyond what ``SLOWEST`` allows, and to take
    a piece of the answer."""
    drain_seconds: float = 30.0
    """Seconds that what is under way may still take when the service is told to stop."""
