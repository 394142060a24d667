"""The pages for review, made from templates and from the pages of notices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple, get_args

from jinja2 import Environment, PackageLoader, StrictUndefined

from extractor.files.parts.text_places import text_places_from
from extractor.pages import shell
from extractor.pages.notice_page import notice_page as data_of
from extractor.record.checks import Lang
from extractor.record.contract import Span
from extractor.record.fields import DAYS, FIELDS, SHAPES, ItemKind
from extractor.record.items import Item
from extractor.review.forms import fields_of, shown, values_from
from extractor.review.moments import day, moment
from extractor.review.proposals import not_taken, proposed
from extractor.review.review import can_be_undone, items_to_see, review_of, seen_items, written_notes
from extractor.service.desk.desk_words import printable, service_words, word_lookup
from extractor.service.desk.disputes import disputes
from extractor.service.desk.history import steps
from extractor.service.store.notice_store import stored_places
from extractor.service.store.review_store import NoticeReview
from extractor.service.work.service_parts import Service

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""The content security policy of these pages: the service's own files, pictures in its data, and nothing inline."""

_HTMX = (
    '{"includeIndicatorStyles":false,"allowEval":false,"allowScriptTags":false,"selfRequestsOnly":true,'
    '"historyEnabled":false,"responseHandling":[{"code":"204","swap":false},{"code":"2..|409|422","swap":true},'
    '{"code":"...","swap":false,"error":true}]}'
)
# htmx 2.0.11, as npm has it; its licence lies beside it.
_OWN = frozenset(
    (
        *("htmx.min.js", "desk.js", "review.js", "review_keys.js", "review_walk.js", "review_disputes.js", "desk.css"),
        *("collected.js", "collected_views.js", "inbox.js", "sending.js", "chosen.js", "deleting.js", "news.js"),
    )
)
_PAGES = Environment(
    loader=PackageLoader("extractor.service"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)
_PAGES.filters |= {"printable": printable, "day": day}
_NEW = tuple(kind for kind in SHAPES if kind != "field")


class Visit(NamedTuple):
    """A request for a page: the service, the language, the name of the person, and the address.

    ``has_language`` tells whether the browser says the language, so that all of its requests are answered in it.
    """

    service: Service
    lang: Lang
    name: str
    here: str
    has_language: bool = True


class FormRequest(NamedTuple):
    """A change that a form asks for: as it will be validated, and as it was filled in.

    ``is_misplaced``: a place was given that is empty or no place.
    """

    op: str
    item: str
    kind: ItemKind | None
    of: str
    at: tuple[int, int]
    seen: int
    change: Mapping[str, Any]
    values: Mapping[str, Any]
    is_misplaced: bool


class ChangeRefusal(NamedTuple):
    """The reason why a change was refused; ``is_conflict``: somebody else was first."""

    sentence: str
    is_conflict: bool


class ItemForm(NamedTuple):
    """An item's form: the item (a new one has no id), its values and place as shown, and the last change seen."""

    item: Item
    values: Mapping[str, Any]
    at: tuple[int, int]
    seen: int


@cache
def static_file(name: str) -> str | None:
    """Return a script or a style by its name, None where there is no such file."""
    if name in _OWN:
        return files("extractor.service").joinpath("static", name).read_text(encoding="utf-8")
    return shell.static_file(name) if name in (*shell.COLLECTION_SCRIPTS, *shell.REPORT_STYLES) else None


def review_page(visit: Visit, found: NoticeReview) -> str:
    """Return the frame of a notice's page, which a script fills."""
    keyed = ("review_keys.js", "review_walk.js", "review_disputes.js")
    own = ("htmx.min.js", "desk.js", "deleting.js", *keyed, "review.js")
    title = found.record.title or found.notice_id
    return rendered("review.html", visit, (*shell.NOTICE_SCRIPTS, *own), title=title, notice_id=found.notice_id)


def sign_in_page(visit: Visit, following: str, refused: str = "") -> str:
    """Return the form that asks for a name, and for the token where there is one."""
    needs_token = visit.service.token is not None
    values = {"next": following, "refused": refused, "needs_token": needs_token}
    return rendered("sign_in.html", visit, ("dom.js", "theme.js", "desk.js"), **values)


def problem_page(visit: Visit) -> str:
    """Return the page for an address without one."""
    return rendered(
        "problem.html", visit, ("dom.js", "theme.js", "desk.js"), sentence=word_lookup(visit.lang)("inbox.not_there")
    )


def state_of(visit: Visit, found: NoticeReview) -> dict[str, Any]:
    """Return the data of a notice's page, which ``static/review.js`` draws."""
    review, ended = found.review, found.review.finished
    places = text_places_from(stored_places(visit.service.database, found.notice_id))
    own = [each.number for each in review.made if each.by == visit.name and can_be_undone(review, each.number)]
    walk, seen = items_to_see(found.paths, review), seen_items(review)
    data = data_of(found.record, found.text, places)
    order = [each["index"] for each in data["checks"]]
    sentence = word_lookup(visit.lang)("review.reviewed", by=ended.by, made=moment(ended.made)) if ended else ""
    return {
        **service_words(),
        "data": data,
        "title": found.record.title or found.notice_id,
        "seen": review.last,
        "reviewed": sentence,
        "reviewed_by": ended.by if ended else "",
        "undoable": max(own, default=0),
        "ids": {path: key for key, path in found.paths.items()},
        "checks": [review.open[index] for index in order],
        "disputes": [list(disputes(found.record.checks[index], visit.lang)) for index in order],
        "walk": walk,
        "unseen": [key for key in walk if key not in seen],
        "notes": [
            {"item": note.item, "words": note.words, "by": each.by, "made": moment(each.made)}
            for each, note in written_notes(review)
        ],
        "kinds": _NEW,
        "fields": FIELDS,
    }


def history_part(visit: Visit, found: NoticeReview) -> str:
    """Return the list of changes."""
    changes = list(steps(found.review, found.text, visit.lang))
    return _part("history.html", visit, found, steps=changes, seen=found.review.last)


def item_part(visit: Visit, found: NoticeReview, item: Item) -> str:
    """Return the form of an item as it is."""
    return _form_part(visit, found, _form_of(found, item, item.values, _hull(item.at)))


def refused_part(visit: Visit, found: NoticeReview, asked: FormRequest, refusal: ChangeRefusal) -> str:
    """Return the form of a refused change as it was filled in; the reason alone where the item is gone."""
    if asked.op == "add" and asked.kind is not None:
        item = Item("", asked.kind, asked.of, asked.values, ())
        return _form_part(visit, found, ItemForm(item, asked.values, asked.at, asked.seen), refusal)
    known = found.review.items.get(asked.item)
    if known is None:
        return _part("nothing.html", visit, found, sentence=refusal.sentence)
    changed = as_changed(asked, found)
    values = {**known.values, **changed.get("values", {})}
    form = _form_of(found, known, values, asked.at if changed.get("at") else _hull(known.at))
    # After a conflict, which is shown now, the same may be sent again and be accepted.
    return _form_part(visit, found, form if refusal.is_conflict else form._replace(seen=asked.seen), refusal)


def new_item_part(visit: Visit, found: NoticeReview, kind: ItemKind, place: Span) -> str:
    """Return the form of a new item at a place, filled in as the rules read it there."""
    t = word_lookup(visit.lang)
    if not place.start < place.end <= len(found.text):
        return _part("nothing.html", visit, found, sentence=t("review.select_first"))
    holder = _holder(found, kind, place)
    if holder is None and SHAPES[kind].of is not None:
        return _part("nothing.html", visit, found, sentence=t("review.no_holder", kind=t(f"kind.{SHAPES[kind].of}")))
    values, at = proposed(kind, found.text, place)
    item = Item("", kind, holder.id if holder else "", values, (at,))
    return _form_part(visit, found, ItemForm(item, values, (at.start, at.end), found.review.last))


def placed_field_part(visit: Visit, found: NoticeReview, field: str, place: Span) -> str:
    """Return the form of one of the notice's fields, filled in with the words at a place."""
    known = found.review.items.get(field)
    if known is None or known.kind != "field":
        return ""
    values, at = proposed("date" if field in DAYS else "field", found.text, place)
    return _form_part(visit, found, _form_of(found, known, values, (at.start, at.end)))


def asked_of(sent: Sequence[tuple[str, str]]) -> FormRequest:
    """Return the change that a form asks for; invalid values are left for validation to refuse."""
    given = dict(sent)
    op, item, kind_named = given.get("op", ""), given.get("item", ""), given.get("kind", "")
    kind: ItemKind | None = next((each for each in get_args(ItemKind) if each == kind_named), None)
    printed = [given.get("start", "").strip(), given.get("end", "").strip()]
    at = (_offset(printed[0]), _offset(printed[1]))
    change: dict[str, Any] = {"op": op}
    values: dict[str, Any] = {}
    if op in ("accept", "correct", "delete"):
        change["item"] = item
    if op == "accept" and given.get("alone"):
        change["alone"] = True
    if op == "note":
        change |= {"item": item, "words": given.get("words", "")}
    if op == "undo":
        change["change"] = _offset(given.get("change"))
    if op in ("correct", "add") and kind is not None:
        values = values_from(kind, item, sent)
        change |= {"values": values, "at": {"start": at[0], "end": at[1]} if any(printed) else None}
    if op == "add":
        change |= {"kind": kind_named, "of": given.get("of", "")}
    return FormRequest(
        op,
        item,
        kind,
        given.get("of", ""),
        at,
        _offset(given.get("seen")),
        change,
        values,
        any(printed) and not at[0] < at[1],
    )


def as_changed(asked: FormRequest, found: NoticeReview) -> Mapping[str, Any]:
    """Return the change that a form asks for.

    A correction has only the values that differ from those the form first showed, so that it does not revert what
    others have changed meanwhile.
    """
    if asked.op != "correct":
        return asked.change
    made = [each for each in found.review.made if each.number <= asked.seen]
    shown_then = review_of(found.review.base, made).items.get(asked.item)
    if shown_then is None:
        return asked.change
    values = {name: value for name, value in asked.values.items() if shown_then.values.get(name) != value}
    at = None if asked.at == _hull(shown_then.at) else asked.change["at"]
    return {**asked.change, "values": values, "at": at}


def _form_of(found: NoticeReview, item: Item, values: Mapping[str, Any], at: tuple[int, int]) -> ItemForm:
    return ItemForm(item, values, at, found.review.last)


def _form_part(visit: Visit, found: NoticeReview, form: ItemForm, refusal: ChangeRefusal | None = None) -> str:
    item, (start, end) = form.item, form.at
    is_new = not item.id
    known = {"kind": item.kind, "of": item.of} if is_new else {"kind": item.kind, "item": item.id}
    fields = [
        {**field._asdict(), "shown": shown(form.values, field)} for field in fields_of(item.kind, item.id, visit.lang)
    ]
    return _part(
        "item.html",
        visit,
        found,
        item=item,
        fields=fields,
        hidden={**known, "seen": form.seen}.items(),
        words_there=found.text[start:end],
        start=start if start < end else "",
        end=end if start < end else "",
        refusal=refusal,
        holds=item.kind in ("issue", "measure"),
        is_new=is_new,
        missing=[_offer(found, each) for each in _missing(found, item)],
        steps=[] if is_new else list(steps(found.review, found.text, visit.lang, item.id)),
    )


def _missing(found: NoticeReview, item: Item) -> Iterable[Item]:
    """Return the items that the rules read in a measure and that nobody has added."""
    if item.kind != "measure" or not item.id:
        return ()
    return not_taken(item, found.review.items.values(), found.text)


def _offer(found: NoticeReview, item: Item) -> dict[str, Any]:
    """Return an item that one press adds: its kind, its words, and the fields that its form would send."""
    (place,) = item.at
    values = {name: "" if value is None else value for name, value in item.values.items()}
    sent = {"op": "add", "kind": item.kind, "of": item.of, "seen": found.review.last, **values}
    return {
        "kind": item.kind,
        "words": found.text[place.start : place.end],
        "sent": {**sent, "start": place.start, "end": place.end},
    }


def _holder(found: NoticeReview, kind: ItemKind, place: Span) -> Item | None:
    """Return the issue or measure that an item of this kind at this place belongs to, None where there is none."""
    of = SHAPES[kind].of
    fits = (
        item
        for item in found.review.items.values()
        if item.kind == of and item.at[0].start <= place.start and place.end <= item.at[0].end
    )
    return next(fits, None)


def _hull(places: Sequence[Span]) -> tuple[int, int]:
    if not places:
        return 0, 0
    return min(place.start for place in places), max(place.end for place in places)


def _offset(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 16 else 0


def rendered(template: str, visit: Visit, scripts: Sequence[str], **values: Any) -> str:
    """Return a page of the service from its template."""
    styles = (*shell.NOTICE_STYLES, "desk.css")
    frame = {"lang": visit.lang, "name": visit.name, "here": visit.here, "htmx": _HTMX}
    return _PAGES.get_template(template).render(
        t=word_lookup(visit.lang), styles=styles, scripts=scripts, **frame, **values
    )


def _part(template: str, visit: Visit, found: NoticeReview, **values: Any) -> str:
    return _PAGES.get_template(template).render(t=word_lookup(visit.lang), notice_id=found.notice_id, **values)
