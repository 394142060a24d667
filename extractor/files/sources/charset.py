"""The charset of a text, found from its bytes.

UTF-8 proves itself: other text practically never passes its strict decoder. The Chinese double-byte charsets do not:
GB18030 accepts most Big5 files and the other way round. The frequency of the decoded characters decides. No frequency
table is needed: GB2312 and Big5 both put their frequent characters into a first level and the rare ones behind. Of real
text 98% and more lies in the first levels; of text read in the wrong charset, below 60% (measured on four notices and
on traditional text, both ways). A declaration only breaks near ties: many pages declare the wrong charset, and a right
declaration is confirmed by the bytes. charset-normalizer does as well on whole notices; it was left out because it
neither says where a file is damaged nor takes a declaration as a hint, and would be one more dependency.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from typing import NamedTuple

from extractor.errors import InputError

_PLAUSIBLE = 0.8  # share of frequent characters, half way between real and misread text
_HINT = 0.1  # added to the share of a declared charset
_CODECS = {"utf-8": "utf-8", "gb18030": "gb18030", "big5": "big5hkscs"}
_FAMILIES = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "cp936": "gb18030",
    "big5": "big5",
    "big5hkscs": "big5",
    "cp950": "big5",
    "utf-8": "utf-8",
}
_CONTROLS = re.compile(r"[\x01-\x08\x0e-\x19\x1c-\x1f\x7f]")


class DecodedText(NamedTuple):
    """Text without a byte-order mark, and its charset.

    The charset is ``utf-8``, ``utf-16``, ``gb18030`` (also for its subsets GB2312 and GBK) or ``big5``.
    """

    text: str
    charset: str


def decode(data: bytes, name: str, declared: str | None = None, damage: float = 0.0) -> DecodedText:
    """Decode text of an unknown Chinese charset. ``name`` is for messages.

    ``declared`` is the charset that the document declares, or None. ``damage`` is the share of characters that may be
    undecodable (they become U+FFFD): 0 refuses a damaged file.

    Raises:
        InputError: the bytes are no text, or in no known charset, or damaged.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return DecodedText(_checked(data.decode("utf-16"), name), "utf-16")
        except UnicodeDecodeError as error:
            raise InputError(f"{name}: is UTF-16, but damaged at byte {error.start}; save it again as UTF-8") from error
    if b"\0" in data:
        raise _binary(name)
    try:
        return DecodedText(_checked(data.decode("utf-8-sig"), name), "utf-8")
    except UnicodeDecodeError:
        pass
    readings = [_read(data, charset) for charset in _CODECS]
    hinted = _family(declared)

    def likelihood(reading: _CharsetTrial) -> float:
        return reading.plausibility + (_HINT if reading.charset == hinted else 0)

    fitting = [r for r in readings if r.damage <= damage and r.plausibility >= _PLAUSIBLE]
    if not fitting:
        raise _undecodable(max(readings, key=likelihood), name)
    best = max(fitting, key=likelihood)
    return DecodedText(_checked(best.text.removeprefix("\ufeff"), name), best.charset)


class _CharsetTrial(NamedTuple):
    """The bytes decoded as one charset; ``damage`` is the undecodable share, ``first`` the first such byte or -1."""

    text: str
    charset: str
    damage: float
    first: int
    plausibility: float


def _read(data: bytes, charset: str) -> _CharsetTrial:
    codec = _CODECS[charset]
    first = -1
    try:
        text = data.decode(codec)
        lost = 0
    except UnicodeDecodeError as error:
        first = error.start
        text = data.decode(codec, "replace")
        lost = text.count("\ufffd")
    return _CharsetTrial(text, charset, lost / max(len(text), 1), first, _frequent_share(text))


def _frequent_share(text: str) -> float:
    """Return the share of frequent Chinese characters among the non-ASCII ones, 0 without any."""
    counts = Counter(text)
    foreign = {character: count for character, count in counts.items() if not character.isascii()}
    frequent = sum(count for character, count in foreign.items() if _is_frequent(character))
    return frequent / max(sum(foreign.values()), 1)


def _is_frequent(character: str) -> bool:
    """Return whether GB2312 or Big5 has the character among its marks or in its first level."""
    if character in "\u2014\u00b7\u00a0":  # Python's gb2312 maps the dash and the middle dot to look-alikes
        return True
    simplified = character.encode("gb2312", "ignore")
    if simplified and (simplified[0] <= 0xA3 or 0xB0 <= simplified[0] <= 0xD7):
        return True
    traditional = character.encode("big5", "ignore")
    return b"\xa1\x40" <= traditional <= b"\xc6\x7e"  # behind it come kana, then the second level


def _family(declared: str | None) -> str | None:
    if not declared:
        return None
    try:
        return _FAMILIES.get(codecs.lookup(declared).name.replace("_", "-"))
    except LookupError:
        return None


def _checked(text: str, name: str) -> str:
    """Return the text.

    Raises:
        InputError: it has control characters that text never has.
    """
    if "\0" in text or len(_CONTROLS.findall(text)) > 3 + len(text) // 200:
        raise _binary(name)
    return text


def _binary(name: str) -> InputError:
    return InputError(
        f"{name}: is no text (it holds NUL or control bytes); "
        "expected txt, md, html, docx or pdf, and of UTF-16 text a byte-order mark"
    )


def _undecodable(nearest: _CharsetTrial, name: str) -> InputError:
    if nearest.plausibility >= _PLAUSIBLE and nearest.first >= 0:
        return InputError(
            f"{name}: is {nearest.charset.upper()}, but damaged at byte {nearest.first}; "
            "fetch it again or save it again as UTF-8"
        )
    return InputError(
        f"{name}: reads as Chinese text in none of UTF-8, GB2312, GBK, GB18030 and Big5; save it again as UTF-8"
    )
