"""Reads a label file's tables against one text: every value is looked up, every mistake is collected, up to some 200.

Values of lists are looked up in printed order, so that the second “12次” of a measure gets the second place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from extractor.labels.anchors import hint, resolve_anchor
from extractor.labels.label_nodes import Faults, LabelTable, LabelText, choice
from extractor.labels.label_writer import FIELD_KEYS
from extractor.record.contract import (
    Accountability,
    Contact,
    DateMention,
    Deadline,
    Document,
    Issue,
    Measure,
    Notice,
    Quantity,
    Span,
    Total,
)
from extractor.record.date_values import LASTING, is_date_value, is_day, is_deadline, printed_forms
from extractor.record.enumerations import VOCABULARIES
from extractor.record.fields import CONTACT, LISTS_OF_MEASURE, NOTICE_FIELDS, SHAPES, Field, ItemKind
from extractor.record.lookup import Page
from extractor.text.normal_form import normalise
from extractor.text.text_hash import text_sha256

ISSUE_KEYS = (*SHAPES["issue"].values, "text", "measures")
MEASURE_KEYS = (*SHAPES["measure"].values, "text", *(name for name, _ in LISTS_OF_MEASURE))
HEADING_LIMIT = 30
_MOST_TYPES = 3
_LABEL_WITHIN = 24  # an issue's enumerator is within its first characters (反馈问题一:…)
_BEHIND = 500
"""Code points behind an issue in which property lines (责任单位:…) may still be its own."""
_NUMBER = re.compile(r"\d+(?:\.\d+)?|\d{1,3}(?:,\d{3})+(?:\.\d+)?")


class _Places:
    """Looks values up in printed order: behind the one before, or else anywhere in the stretch."""

    def __init__(self, page: Page, stretch: Span) -> None:
        self._page = page
        self._stretch = stretch
        self._at = stretch.start

    def words(self, value: str) -> Span | None:
        end = self._stretch.end
        found = self._page.find(value, self._at, end) or self._page.find(value, self._stretch.start, end)
        return self._moved(found)

    def amount(self, value: float, unit: str) -> Span | None:
        end = self._stretch.end
        tries = ((start, apart) for apart in (False, True) for start in (self._at, self._stretch.start))
        hits = (self._page.find_amount(value, unit, start, end, apart=apart) for start, apart in tries)
        return self._moved(next((hit for hit in hits if hit is not None), None))

    def _moved(self, found: Span | None) -> Span | None:
        if found is not None:
            self._at = found.end
        return found


class _Written(NamedTuple):
    """The values of an issue or a measure as a file gives them, and the words among them that are to be looked up."""

    values: dict[str, Any]
    words: list[tuple[str, LabelText]]


class LabelReader:
    """Reads one file's tables. A value that fails is left out and reported."""

    def __init__(self, page: Page, faults: Faults, *, draft: bool) -> None:
        self._page = page
        self._faults = faults
        self._draft = draft

    def notice(self, root: LabelTable, notice_id: str) -> Notice:
        """Return what the file says; it is to be used only where no fault was collected."""
        actual = text_sha256(self._page.text)
        printed = root.text("text_sha256")
        if printed is not None and printed.value.lower() != actual:
            self._faults.add(printed.line, f"labels another version of the text: its SHA-256 is {actual}")
        issues = self._issues(root)
        fields = root.table("fields", FIELD_KEYS)
        values, spans = self._fields(fields) if fields is not None else ({}, {})
        return Notice(
            notice_id=notice_id,
            text_sha256=actual,
            contact=Contact(**{key: values.pop(f"contact.{key}", None) for key in CONTACT}),
            totals=list(self._totals(root, issues)),
            issues=issues,
            spans=spans,
            **values,  # type: ignore[arg-type]
        )

    # -- notice fields ------------------------------------------------------------------------------------------

    def _fields(self, fields: LabelTable) -> tuple[dict[str, str], dict[str, list[Span]]]:
        values: dict[str, str] = {}
        spans: dict[str, list[Span]] = {}
        for key, (name, field) in zip(FIELD_KEYS, NOTICE_FIELDS.items(), strict=True):
            found = fields.text(key)
            if found is None:
                continue
            places: list[Span] = []
            if field.vocabulary is not None:
                if choice(found, VOCABULARIES[field.vocabulary], self._faults, f"“{key}”") is None:
                    continue
            elif field.type == "day":
                if not is_day(found.value):
                    self._faults.add(found.line, f"“{key}” must be a date such as 2023-03-01, not “{found.value}”")
                    continue
                places = self._day_place(found.value, last=field.is_last)
            else:
                places = self._field_places(key, field, found)
            values[name] = found.value
            if places:
                spans[name] = places
        return values, spans

    def _field_places(self, key: str, field: Field, found: LabelText) -> list[Span]:
        if field.is_last and (last := self._page.find_last(found.value, 0, len(self._page.text))):
            return [last]
        whole = self._page.find(found.value)
        if whole is not None:
            return [whole]
        parts = found.value.split("、") if field.is_joined else [found.value]
        places = [self._page.find(part) for part in parts]
        for part, place in zip(parts, places, strict=True):
            if place is None:
                self._faults.add(found.line, f"{key} “{part}” is not in the text")
        return [place for place in places if place is not None]

    def _day_place(self, value: str, *, last: bool) -> list[Span]:
        for printed in printed_forms(value):
            place = self._page.find_last(printed, 0, len(self._page.text)) if last else self._page.find(printed)
            if place is not None:
                return [place]
        return []

    def _totals(self, root: LabelTable, issues: list[Issue]) -> Iterator[Total]:
        end = len(self._page.text)
        head = issues[0].text.start if issues else end
        tail = issues[-1].text.end if issues else end
        stretches = [Span(start=0, end=head), Span(start=tail, end=end), Span(start=0, end=end)]
        places = [_Places(self._page, stretch) for stretch in stretches if stretch.end > stretch.start]
        for line, (name, printed, unit, *more) in root.rows("totals", SHAPES["total"].row, 3):
            known = choice(LabelText(name, line), VOCABULARIES["total_name"], self._faults, "a total's name")
            value = self._number(printed, line)
            if known is None or value is None:
                continue
            hits = (stretch.amount(value, unit) for stretch in places)
            place = next((hit for hit in hits if hit is not None), None)
            if place is None:
                self._faults.add(line, f"the total “{printed} {unit}” is not in the text")
            else:
                others = self._others("total", more, line, stretches)
                yield Total(name=known, value=value, unit=unit, text=place, **others)

    # -- issues and measures ------------------------------------------------------------------------------------

    def _issues(self, root: LabelTable) -> list[Issue]:
        issues: list[Issue] = []
        at = before = 0
        for table in root.tables("issues", ISSUE_KEYS):
            issue, at = self._issue(table, self._start(table, at, before))
            if issue is not None:
                before = issue.text.start + 1
                issues.append(issue)
        return issues

    def _start(self, table: LabelTable, at: int, before: int) -> int:
        """Return where to look for an issue from: ``at``, the end of the last one, or behind its start if not there.

        Findings that are listed before their answers overlap.
        """
        anchor = table.text("text")
        end = len(self._page.text)
        if anchor is None or resolve_anchor(self._page.text, anchor.value, Span(start=at, end=end)):
            return at
        return before if resolve_anchor(self._page.text, anchor.value, Span(start=before, end=end)) else at

    def _issue(self, table: LabelTable, at: int) -> tuple[Issue | None, int]:
        end = len(self._page.text)
        text = self._anchor(table, Span(start=at, end=end), "issue")
        written = self._written("issue", table)
        # Where the issue was not found, its measures are still read, so that one run shows all mistakes.
        stretch = text or Span(start=at, end=end)
        measures = self._measures(table, stretch)
        if text is None:
            return None, measures[-1].text.end if measures else at
        spans: dict[str, list[Span]] = {}
        for name, found in written.words:
            place, where = self._place_in_issue(name, found.value, text)
            self._keep(spans, name, found, place, where)
        beside = self._beside("issue", table, text, text, spans)
        return Issue(**written.values, **beside, text=text, measures=measures, spans=spans), text.end

    def _beside(
        self, kind: ItemKind, table: LabelTable, text: Span, issue: Span, spans: dict[str, list[Span]]
    ) -> dict[str, Any]:
        """Read the values that may be printed behind an issue or a measure; add the places of words to ``spans``."""
        values: dict[str, Any] = {}
        end = min(issue.end + _BEHIND, len(self._page.text))
        for name, field in SHAPES[kind].fields.items():
            places = _Places(self._page, Span(start=text.start, end=end))
            if field.is_beside and field.type == "list":
                found = table.texts(name)
                values[name] = [each.value for each in found]
                for each in found:
                    self._keep(spans, name, each, places.words(each.value), f"in the {kind} or behind it")
            elif field.type == "deadline":
                values[name] = self._deadline(table, name, places, kind)
        return values

    def _deadline(self, table: LabelTable, name: str, places: _Places, kind: ItemKind) -> Deadline | None:
        """Read ``value | the printed words``; a word such as 长期坚持 is its own."""
        found = table.text(name)
        if found is None:
            return None
        value, _, words = (part.strip() for part in found.value.partition("|"))
        words = words or (value if value in LASTING else "")
        if not is_deadline(value) or not words:
            known = "、".join(LASTING)
            self._faults.add(found.line, f"“{found.value}” is no deadline: a date | the printed words, or {known}")
            return None
        place = places.words(words)
        if place is None:
            self._faults.add(
                found.line, f"the deadline's words “{words}” are not in the {kind} or behind it{self._line_of(words)}"
            )
            return None
        return Deadline(value=value, text=place)

    def _place_in_issue(self, name: str, words: str, issue: Span) -> tuple[Span | None, str]:
        """Return the place of an issue's words, and where it was looked for."""
        if name == "label":
            near = min(issue.end, issue.start + _LABEL_WITHIN)
            return self._page.find(words, issue.start, near), "at the issue's start"
        if SHAPES["issue"].fields[name].is_above:
            return self._page.find_last(words, 0, issue.start), "before the issue"
        return self._page.find(words, issue.start, issue.end), "in the issue"

    def _measures(self, table: LabelTable, issue: Span) -> list[Measure]:
        measures: list[Measure] = []
        at = issue.start
        for entry in table.tables("measures", MEASURE_KEYS):
            text = self._anchor(entry, Span(start=at, end=issue.end), "measure")
            stretch = text or Span(start=at, end=issue.end)
            measure = self._measure(entry, stretch, issue, at if text is not None else None)
            if text is not None:
                measures.append(measure)
                at = text.end
        return measures

    def _measure(self, table: LabelTable, text: Span, issue: Span, before: int | None) -> Measure:
        spans: dict[str, list[Span]] = {}
        written = self._written("measure", table)
        for name, found in written.words:
            if name != "label":
                self._keep(spans, name, found, self._page.find(found.value, text.start, text.end), "in the measure")
                if name == "heading" and len(normalise(found.value)) > HEADING_LIMIT:
                    self._faults.note(found.line, f"a heading has at most {HEADING_LIMIT} characters")
            elif before is not None:
                self._place_label(spans, found, before, text.start)
        organizations = table.texts("organizations")
        places = _Places(self._page, text)
        for words in organizations:
            self._keep(spans, "organizations", words, places.words(words.value), "in the measure")
        quantities = list(self._quantities(table, text, issue))
        return Measure(
            **written.values,
            **self._beside("measure", table, text, issue, spans),
            text=text,
            documents=list(self._documents(table, text)),
            quantities=quantities,
            dates=list(self._dates(table, text)),
            organizations=[words.value for words in organizations],
            accountability=list(self._accountability(table, text, quantities)),
            spans=spans,
        )

    def _place_label(self, spans: dict[str, list[Span]], label: LabelText, before: int, start: int) -> None:
        """Look a measure's enumerator up between the measure before and its own words."""
        if start > before:
            self._keep(spans, "label", label, self._page.find_last(label.value, before, start), "before the measure")
        else:
            self._faults.add(
                label.line, f"“{label.value}” is not before the measure: leave the enumerator out of “text”"
            )

    def _written(self, kind: ItemKind, table: LabelTable) -> _Written:
        """Read the values inside an issue or a measure; what a draft leaves open has the contract's default."""
        shape = SHAPES[kind]
        values: dict[str, Any] = {}
        words: list[tuple[str, LabelText]] = []
        for name, field in shape.fields.items():
            if field.is_beside:
                continue
            vocabulary = VOCABULARIES[field.vocabulary] if field.vocabulary else {}
            match field.type:
                case "terms":
                    values[name] = self._terms(table, name, vocabulary)
                case "term":
                    chosen = table.choice(name, vocabulary, required=not self._draft)
                    values |= {name: chosen} if chosen else {}
                case "list":
                    found = table.texts(name)
                    values[name] = [each.value for each in found]
                    words += ((name, each) for each in found)
                case _:
                    is_needed = not (self._draft or shape.may_lack(name))
                    one = table.required(name) if is_needed else table.text(name)
                    values[name] = one.value if one else None if shape.may_lack(name) else ""
                    words += [(name, one)] if one else []
        return _Written(values, words)

    def _terms(self, table: LabelTable, name: str, vocabulary: Iterable[str]) -> list[str]:
        found = table.texts(name)
        known = [choice(each, vocabulary, self._faults, "a type") for each in found]
        if not self._draft and not 1 <= len(found) <= _MOST_TYPES:
            self._faults.add(table.line_of(name), f"a measure has one to three types, this one has {len(found)}")
        return [term for term in known if term is not None]

    def _documents(self, table: LabelTable, text: Span) -> Iterator[Document]:
        places = _Places(self._page, text)
        for line, (name, title, *more) in table.rows("documents", SHAPES["document"].row, 2):
            action = choice(LabelText(name, line), VOCABULARIES["document_action"], self._faults, "a document's action")
            place = places.words(title)
            if place is None:
                self._faults.add(line, f"the document “{title}” is not in the measure{self._line_of(title)}")
            elif action is not None:
                yield Document(title=title, action=action, text=place, **self._others("document", more, line, [text]))

    def _quantities(self, table: LabelTable, text: Span, issue: Span) -> Iterator[Quantity]:
        places = _Places(self._page, text)
        for line, (printed, unit, *more) in table.rows("quantities", SHAPES["quantity"].row, 2):
            value = self._number(printed, line)
            place = None if value is None else places.amount(value, unit)
            if value is not None and place is None:
                self._faults.add(
                    line, f"the figure “{printed} {unit}” is not in the measure{self._figures(value, text)}"
                )
            others = self._others("quantity", more, line, [text, issue])
            if value is not None and place is not None:
                yield Quantity(value=value, unit=unit, text=place, **others)

    def _dates(self, table: LabelTable, text: Span) -> Iterator[DateMention]:
        places = _Places(self._page, text)
        for line, (value, words) in table.rows("dates", ("value", "the printed words"), 2):
            if not is_date_value(value):
                self._faults.add(line, f"“{value}” is no date or interval such as 2023-11-18, 2024-01/2024-06, 2023/..")
            place = places.words(words)
            if place is None:
                self._faults.add(line, f"the date's words “{words}” are not in the measure{self._line_of(words)}")
            elif is_date_value(value):
                yield DateMention(value=value, text=place)

    def _accountability(self, table: LabelTable, text: Span, quantities: list[Quantity]) -> Iterator[Accountability]:
        places = _Places(self._page, text)
        for line, (name, printed, unit, *more) in table.rows("accountability", SHAPES["accountability"].row, 3):
            vocabulary = VOCABULARIES["accountability_action"]
            action = choice(LabelText(name, line), vocabulary, self._faults, "an accountability action")
            count = self._number(printed, line)
            if count is None:
                continue
            # 选派1人,党纪处分1人: the figure that counts the action, not the first one equal to it.
            same = [each for each in quantities if (each.value, normalise(each.unit)) == (count, normalise(unit))]
            named = [each.text for each in same if name in (each.subject or "")]
            place = named[0] if len(named) == 1 else places.amount(count, unit)
            if place is None:
                self._faults.add(
                    line, f"the figure “{printed} {unit}” is not in the measure{self._figures(count, text)}"
                )
            elif not same:
                self._faults.note(line, f"“{printed} {unit}” stands under accountability but not under quantities")
            if action is not None and place is not None:
                others = self._others("accountability", more, line, [text])
                yield Accountability(action=action, count=count, unit=unit, text=place, **others)

    def _others(self, kind: ItemKind, cells: list[str], line: int, stretches: Sequence[Span]) -> dict[str, Any]:
        """Read the last values of a line, which may be left out: terms, and words that one of ``stretches`` holds."""
        shape = SHAPES[kind]
        values: dict[str, Any] = {}
        for name, cell in zip(shape.row[len(shape.row) - len(cells) :], cells, strict=True):
            vocabulary = shape.fields[name].vocabulary
            values[name] = cell or None
            if cell and vocabulary:
                values[name] = choice(LabelText(cell, line), VOCABULARIES[vocabulary], self._faults, f"a {name}")
            elif cell and not any(self._page.holds(cell, stretch) for stretch in stretches):
                self._faults.add(line, f"the {name} “{cell}” is not in the measure's words")
        return values

    # -- single values ------------------------------------------------------------------------------------------

    def _anchor(self, table: LabelTable, window: Span, what: str) -> Span | None:
        anchor = table.required("text")
        if anchor is None:
            return None
        found = resolve_anchor(self._page.text, anchor.value, window)
        if found is None:
            where = hint(self._page, anchor.value, window)
            self._faults.add(anchor.line, f"the {what}'s text “{anchor.value}” was not found: {where}")
        return found

    def _keep(self, spans: dict[str, list[Span]], key: str, value: LabelText, place: Span | None, where: str) -> None:
        if place is None:
            self._faults.add(value.line, f"{key} “{value.value}” is not {where}{self._line_of(value.value)}")
        else:
            spans.setdefault(key, []).append(place)

    def _line_of(self, value: str) -> str:
        elsewhere = self._page.find(value)
        if elsewhere is None:
            return " (nor anywhere in the text)"
        return f" (it is on line {self._page.text.count(chr(10), 0, elsewhere.start) + 1} of the text)"

    def _figures(self, value: float, text: Span) -> str:
        tails = self._page.behind(value, text)
        return f": there the text reads {', '.join(f'“{tail}”' for tail in tails)}" if tails else ""

    def _number(self, printed: str, line: int) -> int | float | None:
        folded = normalise(printed)
        if not _NUMBER.fullmatch(folded):
            self._faults.add(line, f"“{printed}” is not a number in Arabic digits")
            return None
        digits = folded.replace(",", "")
        return float(digits) if "." in digits else int(digits)
