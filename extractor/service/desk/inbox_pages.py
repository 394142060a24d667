"""The inbox: notices to review, with what can be done with many of them; and the history of deletions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Any, Literal, NamedTuple
from urllib.parse import urlencode

from markupsafe import Markup
from pydantic import BaseModel, BeforeValidator, Field

from extractor.files.sources.file_kinds import read_endings
from extractor.files.sources.picture_series import MAGIC
from extractor.files.sources.source import ARCHIVE_ENDING
from extractor.pages import shell
from extractor.service.desk.desk_pages import Visit, rendered
from extractor.service.desk.desk_words import service_words
from extractor.service.http.api_models import DeletedNotice, NoticePage
from extractor.service.store.notice_store import ORDERS, NoticeFilter

_SCRIPTS = ("dom.js", "theme.js", "desk.js", "news.js", "deleting.js", "inbox.js", "chosen.js", "sending.js")
_REVIEWED = {"waiting": False, "reviewed": True}
_SHOWN = (*_REVIEWED, "every")
_SORTS = (*ORDERS, *(f"-{order}" for order in ORDERS))
_NUMBERS = frozenset(("open_checks", "issues", "measures"))
_TOLD = ("inbox.", "send.", "delete.", "news.", "review.not_sent", "review.signed_out", "review.failed")
"""The words that the page's scripts need, by what their keys begin with."""


def _one_of(known: Collection[str], else_: str) -> BeforeValidator:
    """Return what takes the unknown values of an address that somebody typed for the usual one."""
    return BeforeValidator(lambda value: value if value in known else else_)


class InboxQuery(BaseModel):
    """The question of the inbox, as its address has it."""

    q: str = Field("", max_length=200)
    show: Annotated[str, _one_of(_SHOWN, "waiting")] = "waiting"
    checks: str = Field("", max_length=1)
    sort: Annotated[str, _one_of(_SORTS, "")] = ""
    after: int | None = Field(None, ge=0, le=2**63 - 1)

    def wanted(self) -> NoticeFilter:
        """Return the conditions."""
        return NoticeFilter(
            query=self.q.strip() or None,
            has_checks=True if self.checks else None,
            is_reviewed=_REVIEWED.get(self.show),
        )

    def address(self, **other: object) -> str:
        """Return the address of this question, with other values; what is as it is anyway is left out."""
        named = {**self.model_dump(exclude={"after"}), **other}
        usual = {name: field.default for name, field in InboxQuery.model_fields.items()}
        kept = {name: value for name, value in named.items() if value != usual[name] and value is not None}
        return f"/?{urlencode(kept)}" if kept else "/"


class _Heading(NamedTuple):
    """The heading of a column: its name's key, the address that sorts by it, and how it is sorted now."""

    key: str
    address: str
    sorted: Literal["ascending", "descending"] | None
    is_number: bool


class InboxState(NamedTuple):
    """The state around the list: how many notices there are in all, and the text that tells whether there is news."""

    every: int
    state: str


def inbox_page(visit: Visit, page: NoticePage, asked: InboxQuery, known: InboxState) -> str:
    """Return the list of notices."""
    words, every = service_words(), known.every
    told = {key: names for key, names in words["words"].items() if key.startswith(_TOLD)}
    for_words = {"lang": visit.lang, "words": told, "headlines": {}, "vocabularies": {}}
    data = shell.data_element({**for_words, "state": known.state, "series": MAGIC.decode()}, id="page-data")
    return rendered(
        "inbox.html",
        visit,
        _SCRIPTS,
        page=page,
        asked=asked,
        every=every,
        headings=[_heading(name, asked) for name in ORDERS],
        further=asked.address(after=page.next),
        narrowed=urlencode(_narrowed(asked)),
        is_narrowed=page.total != every,
        endings=",".join([*read_endings(), ARCHIVE_ENDING]),
        data=Markup(data),
    )


def deletions_page(visit: Visit, deleted: Sequence[DeletedNotice]) -> str:
    """Return the history of deletions."""
    return rendered("deletions.html", visit, ("dom.js", "theme.js", "desk.js"), deleted=deleted)


def _heading(name: str, asked: InboxQuery) -> _Heading:
    """Return a column's heading: first it sorts as one looks for it, numbers from the largest, then the other way."""
    first = f"-{name}" if name in _NUMBERS | {"received"} else name
    second = name if first.startswith("-") else f"-{name}"
    address = asked.address(sort=second if asked.sort == first else first)
    return _Heading(f"inbox.{name}", address, _turned(name, asked.sort), name in _NUMBERS)


def _turned(name: str, order: str) -> Literal["ascending", "descending"] | None:
    if order.removeprefix("-") != name:
        return None
    return "descending" if order.startswith("-") else "ascending"


def _narrowed(asked: InboxQuery) -> Mapping[str, Any]:
    """Return the conditions of the list as those of an export."""
    reviewed = _REVIEWED.get(asked.show)
    named = {
        "q": asked.q.strip(),
        "has_checks": "true" if asked.checks else "",
        "is_reviewed": "" if reviewed is None else str(reviewed).lower(),
    }
    return {name: value for name, value in named.items() if value}
