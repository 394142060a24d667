"""The way of a notice, top to bottom: text → outline → facts → record → checks."""

from __future__ import annotations

from extractor.assemble import assemble
from extractor.checks import Lang, check
from extractor.contract import Notice
from extractor.notice.reader import read_by_rules


def extract(text: str, *, notice_id: str = "notice", lang: Lang = "zh") -> Notice:
    """Extract a notice from its plain text by rules alone.

    ``text`` is used as it is: spans in the result are code points into exactly this string. Any text is taken; one that
    is no notice gives a record without issues and with checks that say so, in Chinese or English by ``lang``.
    """
    reading = read_by_rules(text)
    notice = assemble(text, reading, notice_id)
    return notice.model_copy(update={"checks": check(notice, text, reading, lang)})
