"""The contact by which the public reaches the inspected body: phone, postal address, e-mail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from extractor.notice.outline.ending import Ending
from extractor.text.places import Place
from extractor.text.wording import any_of, pattern

_any_of = partial(any_of, "notice_fields")


class FieldFound(NamedTuple):
    """A field's value and the places it was read from (several where it is joined from them)."""

    value: str
    places: tuple[Place, ...]


_NUMBER = (  # 0512-1234567, 0512-12380, 13912345678, 400-123-4567, 1234567-801, 12388
    r"(?:[(]?0\d{2,3}[)]?[-—– ]?(?:\d{7,8}(?:[-—转]\d{1,6})?|12\d{3})|1[3-9]\d{9}|[48]00[-—]?\d{3,4}[-—]?\d{3,4}"
    r"|\d{7,8}(?:[-—转]\d{1,6})?|12\d{3})(?![\dxX×*])"
)
_PHONE = re.compile(rf"{_any_of('phone')}[^\d\n(]{{0,12}}(?P<phone>{_NUMBER})")
_BARE_PHONE = re.compile(r"(?<![\d-])(?<!传真)(?<!传真[: ])(?P<phone>0\d{2,3}-\d{7,8})(?![\dxX×*-])")
"""A number with its area code, which no word before it calls a telephone's."""
_ADDRESS = re.compile(
    rf"(?P<name>{_any_of('addresses')})"
    r"(?:[:]| |(?=[^,。;\n:]*[省市县区镇路街号])) *(?P<value>[^;,。\n(]{2,80})"
)
_POSTCODE = re.compile(rf"[ 、]*{_any_of('postcode')}[:]? *\d*.*$|[ ,、]+\d{{6}} *$")
_EMAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_NEXT_NAME = re.compile(rf"[ 、]+[^ 、]{{0,6}}{_any_of('contact_names')}.*$")
_STREET = re.compile(r"[路街道巷号弄村镇]")


_SENTENCE = re.compile(r"[^。\n]*[。\n]*")
_BEGINS_CONTACT = re.compile(rf" *[(]?[^,。;:\n(]{{0,8}}?{_any_of('contact_names')}(?:号码)?[:为是]? *[(]?\w")
_ASKS = re.compile(_any_of("asks"))
_ENUMERATED = re.compile(r" *(?:[(]?[0-9一二三四五六七八九十]{1,3}[)、.]|[一二三四五六七八九十]{1,2}是|[①-⑳])")
_REACHES = re.compile(
    rf"{_PHONE.pattern.replace('?P<phone>', '?:')}|[A-Za-z0-9]@[A-Za-z0-9]|{_any_of('addresses')}[: ]? *[\u4e00-\u9fff]"
)
_TAIL = 800
"""Code points before a signature in which the contact stands."""
_WORDS_BEHIND = 2
"""Sentences between the contact and the signature, at most: 特此公告."""


def contact_part(text: str, ending: Ending) -> Place:
    """Return the part of the folded text that says how to reach the body, up to the end of the notice.

    It begins with the closing; without a closing, with the last sentences before the signature that hold a number or an
    address and are no part of an answer. It ends behind the signature where such a line follows at once.
    """
    start, apart = ending.start, 0
    for sentence in reversed(list(_sentences(text, max(ending.start - _TAIL, 0), ending.start))):
        words = text[sentence.start : sentence.end]
        if _is_contact(words) and not _ENUMERATED.match(text, text.rfind("\n", 0, sentence.start) + 1):
            start, apart = sentence.start, 0
        elif words.strip():
            apart += 1
        if apart > (_WORDS_BEHIND if start == ending.start else 0) or _is_furniture(words):
            break
    return Place(start, _contact_end(text, ending.end))


def _contact_end(text: str, end: int) -> int:
    """Return where the lines end that follow a signature at once and say how to reach the body."""
    for sentence in _sentences(text, end, min(end + _TAIL, len(text))):
        words = text[sentence.start : sentence.end]
        if words.strip() and not _is_contact(words):
            break
        end = sentence.end
    return end


def _is_furniture(sentence: str) -> bool:
    return pattern("outline", "furniture").search(sentence.rstrip("\n 0123456789-")) is not None


def _sentences(text: str, start: int, end: int) -> Iterator[Place]:
    return (Place(*match.span()) for match in _SENTENCE.finditer(text, start, end) if match.group())


def _is_contact(sentence: str) -> bool:
    """Return whether a sentence tells readers how to reach the body, and not what was set up for somebody."""
    if pattern("outline", "sets_up").search(sentence):
        return False
    reached = _REACHES.search(sentence)
    return reached is not None and (
        _BEGINS_CONTACT.match(sentence) is not None or _ASKS.search(sentence, 0, reached.end()) is not None
    )


def read_contact(whole: str, part: Place) -> dict[str, FieldFound]:
    """Return the contact fields that stand in a part of the folded text, as ``contact.phone`` and so on."""
    fields: dict[str, FieldFound] = {}
    text, start = whole[: part.end], part.start
    phone = _PHONE.search(text, start) or _BARE_PHONE.search(text, start)
    if phone:
        fields["contact.phone"] = FieldFound(phone["phone"], (Place(*phone.span("phone")),))
    addresses = []
    for match in _ADDRESS.finditer(text, start):
        value = _POSTCODE.sub("", _NEXT_NAME.sub("", match["value"])).strip()
        if (
            "@" not in value
            and value
            and not match["value"].startswith(("箱", "邮箱"))
            and text[match.start() - 2 : match.start()] != "电子"
        ):
            offset = match.start("value") + len(match["value"]) - len(match["value"].lstrip())
            addresses.append((match["name"], FieldFound(value, (Place(offset, offset + len(value)),))))
    if addresses:
        # The street address where one is printed, else what follows 邮政信箱.
        streets = [found for name, found in addresses if "地址" in name or _STREET.search(found.value)]
        fields["contact.postal_address"] = (streets or [addresses[0][1]])[0]
    email = _EMAIL.search(text, start)
    if email:
        fields["contact.email"] = FieldFound(email.group(), (Place(*email.span()),))
    return fields
