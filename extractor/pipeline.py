"""The way of a notice, top to bottom: text → outline → facts → record → checks."""

from __future__ import annotations

from extractor.assemble import assemble
from extractor.contract import Notice
from extractor.notice.reader import read_by_rules


def extract(text: str, *, notice_id: str = "notice") -> Notice:
    """Extract a notice from its plain text by rules alone.

    ``text`` is used as it is: spans in the result are code points into exactly this string. Any text is taken; one that
    is no notice gives a record without issues and with checks that say so.
    """
    reading = read_by_rules(text)
    return assemble(text, reading, notice_id)
