"""The contact by which the public reaches the inspected body: phone, postal address, e-mail."""

from __future__ import annotations

import re
from functools import partial
from typing import NamedTuple

from extractor.text.places import Place
from extractor.text.wording import any_of

_any_of = partial(any_of, "notice_fields")


class FieldFound(NamedTuple):
    """A field's value and the places it was read from (several where it is joined from them)."""

    value: str
    places: tuple[Place, ...]


_NUMBER = r"[(]?0\d{2,3}[)]?[-—– ]?\d{7,8}(?:[-—转]\d{1,6})?|1[3-9]\d{9}|[48]00[-—]?\d{3,4}[-—]?\d{3,4}|\d{7,8}(?!\d)"
_PHONE = re.compile(rf"{_any_of('phone')}[^\d\n(]{{0,12}}(?P<phone>{_NUMBER})")
_ADDRESS = re.compile(
    rf"(?P<name>{_any_of('addresses')})"
    r"(?:[:]| |(?=[^,。;\n:]*[省市县区镇路街号])) *(?P<value>[^;,。\n(]{2,80})"
)
_POSTCODE = re.compile(rf"[ 、]*{_any_of('postcode')}[:]? *\d*.*$|[ ,、]+\d{{6}} *$")
_EMAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_STREET = re.compile(r"[路街道巷号弄村镇]")


def read_contact(text: str, start: int) -> dict[str, FieldFound]:
    """Return the contact fields of the folded text from ``start`` on, as ``contact.phone`` and so on."""
    fields: dict[str, FieldFound] = {}
    phone = _PHONE.search(text, start)
    if phone:
        fields["contact.phone"] = FieldFound(phone["phone"], (Place(*phone.span("phone")),))
    addresses = []
    for match in _ADDRESS.finditer(text, start):
        value = _POSTCODE.sub("", match["value"]).strip()
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
