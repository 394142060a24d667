"""One measure's two readings made one."""

from __future__ import annotations

from collections.abc import Iterable

from extractor.assist.display import find_words
from extractor.assist.grounds import Figure, figure_at, overlaps
from extractor.assist.pieces import Kind, MeasurePiece
from extractor.assist.responses import NOT_HELD, NOTHING, MeasureAnswer, Missed, marked_number, numbered
from extractor.assist.settling import NOT_SAID, Element, Settling, Values, alike, span_of
from extractor.assist.witnesses import witness
from extractor.record.date_values import date_is_printed
from extractor.record.enumerations import VOCABULARIES
from extractor.text.places import Place


def merge_measure(text: str, issue: Place, piece: MeasurePiece, answer: MeasureAnswer, record: Settling) -> None:
    """Settle ``record`` (a measure's values) with what the model said of it. ``issue`` is its issue's stretch."""
    record.settle("measures.types", "types", list(dict.fromkeys(answer.t)))
    _status(text, piece, answer, record)
    denied = {found for mark in answer.x if (found := marked_number(mark))}
    quantities = [Element(values) for values in record.values["quantities"]]
    _accountability(text, piece, answer, record, quantities)
    _quantities(text, (piece.text, issue), answer, record, (piece, quantities, denied))
    record.explained += [place for number, place in piece.unread.items() if ("q", number) in denied]
    _documents(text, answer, record, (piece, denied))
    _dates(text, piece, answer, record)
    _organizations(text, answer, record, (piece, denied))


def _status(text: str, piece: MeasurePiece, answer: MeasureAnswer, record: Settling) -> None:
    # Unmarked and not said is the ordinary case: completed. Marked and not said is no opinion.
    said = answer.s or (NOT_SAID if piece.marked else "completed")
    pointed = piece.marked or bool(find_words(text, [piece.text], answer.w))
    if answer.w and not find_words(text, [piece.text], answer.w):
        record.not_found("status", answer.w)
    record.settle("measures.status", "status", said, pointed=pointed)


def _accountability(
    text: str, piece: MeasurePiece, answer: MeasureAnswer, record: Settling, quantities: list[Element]
) -> None:
    row = witness("measures.accountability")
    entries = [Element(values) for values in record.values["accountability"]]
    said: dict[int, list[str]] = {}
    for held in answer.a:
        index = piece.of_kind("q").get(held.q)
        if index is not None:
            said.setdefault(index, []).append(held.a)
    for index, named in said.items():
        figure = quantities[index].values
        here = [entry for entry in entries if entry.values["text"] == figure["text"]]
        read = [entry.values["action"] for entry in here]
        actions = [action for action in dict.fromkeys(named) if action != NOT_HELD]
        for entry in here:
            if entry.values["action"] in actions:
                entry.read_by[""] = "both"
            elif row.dropped != "rules":
                entries.remove(entry)
        new = [action for action in actions if action not in read]
        if row.added != "rules":
            entries += [Element(_held(action, figure), {"": "model"}) for action in new]
        if set(actions) != set(read):
            kept = [entry.values["action"] for entry in entries if entry.values["text"] == figure["text"]]
            record.differ(row, "accountability", read, actions, kept)
    for missed, place in _found(text, piece, answer, record, ("a", "accountability")):
        known = figure_at(text, place)
        if known and not any(overlaps(entry.place, known.place) for entry in entries):
            values = {"value": known.value, "unit": known.unit, "text": span_of(known.place)}
            _add(record, "accountability", entries, _held(missed.v, values), f"{missed.v}{missed.w}")
    record.put("accountability", entries, _start)


def _held(action: str, figure: Values) -> Values:
    return {"action": action, "count": figure["value"], "unit": figure["unit"], "text": figure["text"]}


_Marked = tuple[MeasurePiece, set[tuple[str, int]]]


def _quantities(
    text: str,
    around: tuple[Place, Place],
    answer: MeasureAnswer,
    record: Settling,
    marked: tuple[MeasurePiece, list[Element], set[tuple[str, int]]],
) -> None:
    piece, quantities, denied = marked
    row = witness("measures.quantities.subject")
    numbers = piece.of_kind("q")
    differing = []
    for number, words in filter(None, map(numbered, answer.q)):
        if number in piece.unread and words:
            _unread_figure(text, around, record, quantities, (piece.unread[number], words))
            continue
        if number not in numbers or not words:
            continue
        element = quantities[numbers[number]]
        place = find_words(text, around, words) if words != NOTHING else None
        if place is None and words != NOTHING:
            record.not_found(f"quantities[{numbers[number]}].subject", words)
            continue
        said = text[place.start : place.end] if place else None
        if alike(element.values["subject"], said):
            element.read_by["subject"] = "both"
            continue
        differing.append((element.values["subject"], said))
        if row.value != "rules":
            element.values["subject"] = said
            element.read_by["subject"] = "model"
    if differing:
        # One note a measure: subjects are the words that readers differ on most, and matter least.
        read, told = ([str(pair[side] or NOTHING) for pair in differing] for side in (0, 1))
        record.differ(row, "quantities", read, told, read if row.value == "rules" else told)
    _drop(record, "quantities", quantities, [numbers[n] for k, n in denied if k == "q" and n in numbers])
    for missed, place in _found(text, piece, answer, record, ("q", "quantities")):
        known = figure_at(text, place)
        if known is None or any(overlaps(element.place, known.place) for element in quantities):
            continue
        subject = find_words(text, around, missed.v)
        _add(record, "quantities", quantities, _quantity(text, known, subject), missed.w)
    record.put("quantities", quantities, _start)


def _quantity(text: str, known: Figure, subject: Place | None) -> Values:
    """The fields of a quantity that the rules did not have, about the words at ``subject``."""
    return {
        "value": known.value,
        "unit": known.unit,
        "subject": text[subject.start : subject.end] if subject else None,
        "qualifier": known.qualifier,
        "text": span_of(known.place),
    }


def _unread_figure(
    text: str, around: tuple[Place, Place], record: Settling, quantities: list[Element], said: tuple[Place, str]
) -> None:
    """Take digits that the rules could not read as a figure, where they are whole and a unit stands behind them."""
    place, words = said
    known = figure_at(text, Place(place.start, min(place.end + _UNIT_REACH, around[0].end)))
    if known is None or known.place.end > place.end + _UNIT_REACH or any(overlaps(e.place, place) for e in quantities):
        return
    subject = find_words(text, around, words) if words != NOTHING else None
    _add(record, "quantities", quantities, _quantity(text, known, subject), text[known.place.start : known.place.end])


def _documents(text: str, answer: MeasureAnswer, record: Settling, marked: _Marked) -> None:
    piece, denied = marked
    row = witness("measures.documents.action")
    documents = [Element(values) for values in record.values["documents"]]
    numbers = piece.of_kind("f")
    # One action for each title in turn; a list of another length says nothing.
    for number, said in zip(numbers, answer.f if len(answer.f) == len(numbers) else (), strict=False):
        element = documents[numbers[number]]
        read = element.values["action"]
        if read == said:
            element.read_by["action"] = "both"
            continue
        stands = row.value != "rules"
        record.differ(row, f"documents[{numbers[number]}].action", read, said, said if stands else read)
        if stands:
            element.values["action"] = said
            element.read_by["action"] = "model"
    _drop(record, "documents", documents, [numbers[n] for k, n in denied if k == "f" and n in numbers])
    for missed, place in _found(text, piece, answer, record, ("f", "documents")):
        start, end = place
        start += text[start] == "《"
        end -= text[end - 1] == "》"
        title = Place(start, end)
        if end > start and not any(overlaps(element.place, title) for element in documents):
            values = {"title": text[start:end], "action": missed.v, "text": span_of(title)}
            _add(record, "documents", documents, values, missed.w)
    once: dict[tuple[str, str], Element] = {}
    for element in documents:
        once.setdefault((element.values["title"], element.values["action"]), element)
    record.put("documents", list(once.values()), _start)


def _dates(text: str, piece: MeasurePiece, answer: MeasureAnswer, record: Settling) -> None:
    """Dates are not numbered: the model speaks only of those that the rules missed or read otherwise, by quoting."""
    row = witness("measures.dates")
    dates = [Element(values) for values in record.values["dates"]]
    for missed, place in _found(text, piece, answer, record, ("d", "dates")):
        index = next((index for index, element in enumerate(dates) if overlaps(element.place, place)), None)
        stands = date_is_printed(missed.v, text[place.start : place.end])
        if not stands and (missed.v != NOTHING or index is None):
            record.not_found("dates", missed.v)
        elif index is None:
            if all(element.values["value"] != missed.v for element in dates):
                _add(record, "dates", dates, {"value": missed.v, "text": span_of(place)}, missed.w)
        elif missed.v == NOTHING:
            _drop(record, "dates", dates, [index])
        elif dates[index].values["value"] == missed.v:
            dates[index].read_by["value"] = "both"
        else:
            read = dates[index].values["value"]
            kept = missed.v if row.value != "rules" else read
            record.differ(row, f"dates[{index}]", read, missed.v, kept)
            if kept != read:
                dates[index].values["value"] = kept
                dates[index].read_by["value"] = "model"
    record.put("dates", dates, _start)


def _organizations(text: str, answer: MeasureAnswer, record: Settling, marked: _Marked) -> None:
    piece, denied = marked
    row = witness("measures.organizations")
    numbers = piece.of_kind("o")
    values, spans = record.values, record.values["spans"]
    read = [
        Element({"name": name, "text": span})
        for name, span in zip(values["organizations"], spans.get("organizations", []), strict=True)
    ]
    named = {numbers[n] for n in answer.o if n in numbers} - {
        numbers[n] for k, n in denied if k == "o" and n in numbers
    }
    said = [read[index] for index in sorted(named)]
    new: list[Element] = []
    for words in answer.n:
        place = find_words(text, [piece.text], words)
        if place is None:
            record.not_found("organizations", words)
            continue
        name = text[place.start : place.end]
        known = [element for element in [*read, *new] if alike(element.values["name"], name)]
        if known:
            said += [element for element in known if element in read and element not in said]
        else:
            new.append(Element({"name": name, "text": span_of(place)}, {"": "model"}))
    for element in said:
        element.read_by[""] = "both"
    kept = [element for element in read if element in said or row.dropped == "rules"]
    kept += new if row.added != "rules" else []
    kept.sort(key=lambda element: element.place)
    if new or len(said) < len(read):
        told = sorted([*said, *new], key=lambda element: element.place)
        names = [[element.values["name"] for element in each] for each in (read, told, kept)]
        record.differ(row, "organizations", *names)
    values["organizations"] = [element.values["name"] for element in kept]
    spans.pop("organizations", None)
    if kept:
        spans["organizations"] = [element.values["text"] for element in kept]
    for index, element in enumerate(kept):
        if element.read_by:
            record.read_by[f"organizations[{index}]"] = element.read_by[""]


_UNIT_REACH = 4
"""How far behind digits (code points) their unit may go."""
_ACTIONS = {"f": "document_action", "a": "accountability_action"}


def _start(values: Values) -> int:
    return int(values["text"]["start"])


def _found(
    text: str, piece: MeasurePiece, answer: MeasureAnswer, record: Settling, kind: tuple[Kind | str, str]
) -> Iterable[tuple[Missed, Place]]:
    """The model's additions of a kind whose words stand in the measure."""
    for missed in answer.z:
        if missed.k == kind[0]:
            place = find_words(text, [piece.text], missed.w)
            if place is None or missed.v not in VOCABULARIES.get(_ACTIONS.get(missed.k, ""), {missed.v}):
                record.not_found(kind[1], missed.w)
            else:
                yield missed, place


def _add(record: Settling, key: str, elements: list[Element], values: Values, words: str) -> None:
    row = witness(f"measures.{key}")
    stands = row.added != "rules"
    record.differ(row, key, None, words, words if stands else None)
    if stands:
        elements.append(Element(values, {"": "model"}))


def _drop(record: Settling, key: str, elements: list[Element], indices: Iterable[int]) -> None:
    row = witness(f"measures.{key}")
    for index in sorted(set(indices), reverse=True):
        values = elements[index].values
        words = values.get("title") or f"{values.get('value')}{values.get('unit', '')}"
        drops = row.dropped != "rules"
        record.differ(row, f"{key}[{index}]", words, None, None if drops else words)
        if drops:
            del elements[index]
