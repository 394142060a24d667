"""Notice ids: the stems of file names, made safe for every file system, with a hash where stems clash.

An id holds ``~`` only before a hash, so that an id with a hash cannot clash with one without.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

from extractor.disk import names
from extractor.files.sources.source import Source

_MOST_BYTES = 100  # of UTF-8, a hash included; half of what file systems allow, so that endings and parents fit too
_HASH = 6  # hex digits


def notice_ids(sources: Sequence[Source], content_hash: Callable[[Source], str]) -> list[str]:
    """Return an id for each source, in their order; all differ, also on file systems that ignore case.

    Clashing stems get the beginning of their content's hash, so that ids do not depend on the order; equal contents
    under one stem get a hash of content and name. ``content_hash`` returns the hex SHA-256 of a source's raw bytes, and
    is called for clashing sources only.
    """
    ids = [slug(source.stem) for source in sources]
    clashing: defaultdict[str, list[int]] = defaultdict(list)
    for i, notice_id in enumerate(ids):
        clashing[names.folded(notice_id)].append(i)
    for group in clashing.values():
        if len(group) > 1:
            for i, digest in zip(group, _distinct([sources[i] for i in group], content_hash), strict=True):
                ids[i] = f"{ids[i]}~{digest}"
    return ids


def slug(stem: str) -> str:
    """Return a file's stem as an id.

    Letters, digits and marks of any script stay (in Unicode's composed form); a character that is unsafe in a file
    system or a terminal becomes ``-``. An id over 100 bytes is cut and ends in a hash of the whole.

    >>> slug("关于巡察整改进展情况的通报"), slug("a/b: c"), slug("..x "), slug("con"), slug("")
    ('关于巡察整改进展情况的通报', 'a-b- c', 'x', '_con', 'notice')
    """
    composed = unicodedata.normalize("NFC", stem)
    kept = "".join("-" if names.is_control(character) else character for character in composed)
    name = re.sub(r"\s", " ", names.FORBIDDEN.sub("-", kept.replace("~", "-"))).lstrip(" .-").rstrip(" .")
    name = f"_{name}" if names.is_reserved(name) else name
    if len(name.encode()) <= _MOST_BYTES:
        return name or "notice"
    head = name.encode()[: _MOST_BYTES - _HASH - 1].decode(errors="ignore").rstrip(" .")
    return f"{head}~{hashlib.sha256(name.encode()).hexdigest()[:_HASH]}"


def _distinct(sources: Sequence[Source], content_hash: Callable[[Source], str]) -> list[str]:
    """Return a hash for each source, all of the shortest length at which they differ."""
    digests = [content_hash(source) for source in sources]
    times = Counter(digests)
    by_name = [
        hashlib.sha256(f"{digest}\0{source.name}".encode(errors="surrogatepass")).hexdigest()
        if times[digest] > 1
        else digest
        for source, digest in zip(sources, digests, strict=True)
    ]
    length = next(length for length in (_HASH, 2 * _HASH, 64) if len({d[:length] for d in by_name}) == len(by_name))
    return [digest[:length] for digest in by_name]
