"""The doubts about a record: its checks, in words, each with a path into it. They never stop a run.

A rule looks at the finished record (and the text behind it) and yields doubts; ``data/checks.toml`` says how grave each
is and puts it into Chinese or English.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from extractor.notice.facts.genre import INSPECTION, lacked_parts
from extractor.notice.reading import LOW_COVERAGE, Reading
from extractor.record.checks import Doubt, Lang, said
from extractor.record.contract import Check, Issue, Measure, Notice, Quantity, Span
from extractor.record.date_values import days_of
from extractor.text.folding import FoldedText
from extractor.text.normal_form import normalise
from extractor.text.numbers import NUMBER, amount_at

_UNREAD_LENGTH = 15
_WORDS_SHOWN = 24
_AROUND_DIGITS = 8
"""Code points around unread digits that are quoted with them."""
_MOST_PARTS = 100  # of one whole
_NEAR_RATE = 12
"""Code points between a figure and the rate that is said of it, or between a figure and a word that is its own."""
_RATE = re.compile(
    r"(?:(?:(?P<act>[\u4e00-\u9fff]{2})(?:完成|到位)|(?P<of>[\u4e00-\u9fff]{2}))率|占比|占)(?:为|达到?|约)?$"
)


def check(notice: Notice, reading: Reading, lang: Lang = "zh") -> list[Check]:
    """Return the doubts about ``notice``, which was made of ``reading``, in its own order."""
    return [said(doubt, lang) for doubt in _doubts(notice, reading)]


def _doubts(notice: Notice, reading: Reading) -> Iterator[Doubt]:
    folded = reading.folded
    yield from _whole(notice, folded)
    if (another := reading.outline.another) is not None:
        yield Doubt("another_notice", "", {"title": _short(reading.text[another.start : another.end])})
    if (again := reading.outline.opening_again) is not None:
        yield Doubt("opening_again", "", {"words": _short(reading.text[again.start : again.end])})
    for table in reading.outline.tables_unread:
        yield Doubt("table_unread", "", {"words": _short(folded.printed[table.start : table.end])})
    yield from _dates_of_notice(notice)
    yield from _totals(notice)
    yield from _unread_digits(notice, folded)
    yield from _unsure_totals(reading)
    yield from _numbering(reading)
    yield from _damaged(notice, reading)
    for i, issue in enumerate(notice.issues):
        if not issue.measures:
            yield Doubt("issue_without_measures", f"issues[{i}]", {"title": _short(issue.title)})
        for j, measure in enumerate(issue.measures):
            path = f"issues[{i}].measures[{j}]"
            yield from _measure(measure, folded, path, notice.signed_on)
    yield from _deadlines(notice, reading)
    yield from _grounding(notice, folded)


def _whole(notice: Notice, folded: FoldedText) -> Iterator[Doubt]:
    if lacked := lacked_parts(folded.text):
        yield Doubt("not_a_notice", "", {"missing": "、".join(lacked)})
    if not notice.issues:
        yield Doubt("no_issues", "issues", {})
        return
    if notice.inspected_body is None and notice.genre == INSPECTION:
        yield Doubt("body_not_found", "inspected_body", {})
    coverage = notice.outline.coverage
    if coverage is not None and coverage < LOW_COVERAGE and _misses_text(notice):
        yield Doubt("low_coverage", "outline.coverage", {"coverage": f"{coverage:.0%}"})
    for k, rest in enumerate(notice.outline.remainders):
        words = _seen(folded, rest.text.start, rest.text.end) if rest.kind == "unread" else ""
        if len(words) >= _UNREAD_LENGTH:
            values = {"count": str(len(words)), "words": _short(words)}
            yield Doubt("unread_text", f"outline.remainders[{k}]", values)


def _misses_text(notice: Notice) -> bool:
    """Say whether text was passed over: in no measure, and neither heading, lead-in nor property of an issue.

    Where answers are short, these alone make up much of a notice that was read whole. An issue without measures, or
    with a title as long as an answer, has lost one.
    """
    missed = sum(rest.text.end - rest.text.start for rest in notice.outline.remainders if rest.kind == "unread")
    titles = (len(issue.title) for issue in notice.issues if not issue.measures or len(issue.title) > _LONGEST_TITLE)
    missed += sum(titles)
    held = sum(measure.text.end - measure.text.start for issue in notice.issues for measure in issue.measures)
    return missed > _MOST_MISSED * (held + missed)


_MOST_MISSED = 0.1
"""The share of answers that may be missed before low coverage is worth a word: an odd line is none."""
_LONGEST_TITLE = 150
"""Code points; longer titles hold answers, too."""

_DATES_IN_ORDER = ("inspection_start", "inspection_end", "feedback_date", "signed_on", "published_on")


def _dates_of_notice(notice: Notice) -> Iterator[Doubt]:
    known = [(name, value) for name in _DATES_IN_ORDER if (value := getattr(notice, name))]
    for (earlier_name, earlier), (later_name, later) in pairwise(known):
        length = min(len(earlier), len(later))  # 2025-04 is neither before nor after 2025-04-29
        if earlier[:length] > later[:length]:
            values = {"earlier_name": earlier_name, "earlier": earlier, "later_name": later_name, "later": later}
            yield Doubt("dates_out_of_order", later_name, values)


def _totals(notice: Notice) -> Iterator[Doubt]:
    stated: dict[str, float] = {}
    every: dict[str, list[float]] = {}
    for total in notice.totals:
        stated.setdefault(total.name, total.value)
        every.setdefault(total.name, []).append(total.value)
    statuses = Counter(issue.status for issue in notice.issues)
    counted = {
        "issues_found": ("issue_count_differs", len(notice.issues)),
        "issues_resolved": ("resolved_count_differs", statuses["completed"]),
        "issues_in_progress": ("in_progress_count_differs", statuses["in_progress"]),
    }
    for name, (code, found) in counted.items():
        # Where no issue has a status in the text, a difference says nothing.
        told = name == "issues_found" or statuses["unspecified"] < len(notice.issues)
        levels = _levels_of_findings(notice) if name == "issues_found" else _first_or_all(every, name)
        levels |= {sum(every.get(name, ()))}  # 巡察反馈问题4个,专项检查反馈问题2个
        if name in stated and told and found not in levels:
            yield Doubt(code, "totals", {"stated": _number(stated[name]), "found": str(found)})
    whole = stated.get("issues_found")
    resolved, in_progress = stated.get("issues_resolved"), stated.get("issues_in_progress")
    # 已完成整改10个,基本完成1个,持续整改1个: what is counted in several figures counts together.
    done, going = _first_or_all(every, "issues_resolved"), _first_or_all(every, "issues_in_progress")
    wholes = {value for name in _COUNTED for value in every.get(name, ())}
    sums = {part + other for part in done for other in going}
    if whole is not None and resolved is not None and in_progress is not None and not sums & {whole, *wholes}:
        values = {"resolved": _number(resolved), "in_progress": _number(in_progress), "found": _number(whole)}
        yield Doubt("parts_do_not_sum", "totals", values)
    rate = stated.get("completion_rate")
    pairs = [(stated.get("measures_completed"), stated.get("measures_planned")), (resolved, whole)]
    known = [(part, of) for part, of in pairs if part is not None and of]
    # 已完成10个,基本完成1个,正在推进1个,完成率91.7%: a rate may count what is nearly done as done.
    nearly = every.get("issues_in_progress", ())[:-1]
    reached = done | {part + other for part in done for other in nearly}
    known += [(part, of) for part in reached for of in ({whole} | sums & wholes) if known and of]
    if rate is not None and known and not any(_closes(part, of, rate) for part, of in known):
        yield _open_rate("totals", known[0][0], known[0][1], rate)


def _first_or_all(every: dict[str, list[float]], name: str) -> set[float]:
    """Return what figures of one name may come to: the first, all, or all but what is told again further on."""
    values = every.get(name, [])
    return {values[0], sum(values), sum(set(values))} if values else set()


def _levels_of_findings(notice: Notice) -> set[float]:
    """Return how many findings a notice says there are, at each level that it counts as items: 11大项36子项."""
    return {
        total.value
        for total in notice.totals
        if total.name == "issues_found" or (total.name == "issue_groups_found" and total.unit.endswith("项"))
    }


_COUNTED = ("issues_found", "issue_groups_found", "measures_planned")
"""What a notice counts in levels, any of which may be told by how far it is: 36个子项中已完成30个."""


def _unread_digits(notice: Notice, folded: FoldedText) -> Iterator[Doubt]:
    """Doubt each unread number, with the words around it, at its measure or else at the outline."""
    if not (unread := notice.outline.digits.unread):
        return
    measure_at = _measures(notice)
    for k, span in enumerate(unread):
        measure, path = measure_at(span.start)
        start, end = folded.in_folded(span.start, span.end)
        first = max(folded.printed.rfind("\n", 0, start) + 1, start - _AROUND_DIGITS)
        words = folded.printed[first : end + _AROUND_DIGITS].split("\n\n", maxsplit=1)[0]
        yield Doubt("digits_unread", path if measure else f"outline.digits.unread[{k}]", {"words": _joined(words)})


def _unsure_totals(reading: Reading) -> Iterator[Doubt]:
    if unsure := reading.unsure_totals:
        first = unsure[0].text
        words = reading.folded.printed[max(0, first.start - _AROUND_DIGITS) : first.end]
        yield Doubt("totals_unsure", "totals", {"count": str(len(unsure)), "words": _joined(words)})


def _closes(part: float, whole: float, rate: float) -> bool:
    """Say whether ``part`` of ``whole`` is ``rate`` percent at the precision it is printed with."""
    decimals = len(_number(rate).partition(".")[2])
    return abs(100 * part / whole - rate) <= 0.5 * 0.1**decimals + 0.01


def _open_rate(path: str, part: float, whole: float, rate: float) -> Doubt:
    decimals = max(1, len(_number(rate).partition(".")[2]))
    values = {"part": _number(part), "whole": _number(whole), "stated": _number(rate)}
    return Doubt("rate_does_not_close", path, values | {"computed": f"{100 * part / whole:.{decimals}f}"})


def _numbering(reading: Reading) -> Iterator[Doubt]:
    at = _inside([(issue.text.start, issue.text.end) for issue in reading.outline.issues])
    for gap in reading.outline.gaps:
        inside = at(gap.text.start)
        path = "issues" if inside is None else f"issues[{inside}]"
        if gap.after:
            yield Doubt("numbering_gap", path, {"before": gap.after, "label": gap.label})
        else:
            yield Doubt("numbering_start", path, {"label": gap.label})


def _damaged(notice: Notice, reading: Reading) -> Iterator[Doubt]:
    measure_at = _measures(notice)
    for date in reading.facts.dates:
        if not date.value:
            measure, path = measure_at(reading.folded.in_source(*date.text).start)
            words = reading.text[date.text.start : date.text.end]
            yield Doubt("damaged_date", f"{path}.dates" if measure else "", {"words": words})
    for found in reading.facts.documents:
        if found.damaged:
            start = reading.folded.in_source(*found.title).start
            measure, path = measure_at(start)
            places = [document.text.start for document in measure.documents] if measure else []
            at = f"{path}.documents[{places.index(start)}]" if start in places else path
            yield Doubt("damaged_title", at, {"words": reading.text[found.title.start : found.title.end]})


def _measures(notice: Notice) -> Callable[[int], tuple[Measure | None, str]]:
    """Return what finds the measure at an offset, with its path."""
    found = [
        (measure, f"issues[{i}].measures[{j}]")
        for i, issue in enumerate(notice.issues)
        for j, measure in enumerate(issue.measures)
    ]
    at = _inside([(measure.text.start, measure.text.end) for measure, _ in found])

    def measure_at(offset: int) -> tuple[Measure | None, str]:
        inside = at(offset)
        return (None, "") if inside is None else found[inside]

    return measure_at


def _inside(places: Sequence[tuple[int, int]]) -> Callable[[int], int | None]:
    """Return what finds the first of ``places``, starts and ends, that an offset is in; None where it is in none."""
    starts: dict[int, int] = {}
    for index, (start, _) in enumerate(places):
        starts.setdefault(start, index)
    ordered = sorted(starts)

    def at(offset: int) -> int | None:
        before = bisect_right(ordered, offset)
        index = starts[ordered[before - 1]] if before else None
        return index if index is not None and offset < places[index][1] else None

    return at


def _measure(measure: Measure, folded: FoldedText, path: str, signed_on: str | None) -> Iterator[Doubt]:
    if signed_on and measure.status == "completed":
        for k, date in enumerate(measure.dates):
            first = date.value.split("/")[0]
            if first != ".." and first[: len(signed_on)] > signed_on[: len(first)]:
                yield Doubt("date_after_signature", f"{path}.dates[{k}]", {"date": date.value, "signed": signed_on})
    quantities = measure.quantities
    if len(quantities) < 2:
        return
    for k in range(2, len(quantities)):
        whole, part, rate = quantities[k - 2 : k + 1]
        counts = whole.unit == part.unit != "%" and rate.unit == "%" and part.value < whole.value
        if counts and _is_rate_of(whole, part, rate, folded) and not _closes_with_any(quantities[:k], rate):
            yield _open_rate(f"{path}.quantities[{k}]", part.value, whole.value, rate.value)
    yield from _parts(quantities, folded, path)


def _is_rate_of(whole: Quantity, part: Quantity, rate: Quantity, folded: FoldedText) -> bool:
    """Say whether a rate is printed of what the figures before it count: its name is the part's, and not the whole's.

    复核材料3600份,发现差错54份,更正率100% is of the 54.
    """
    words = _seen(folded, part.text.end, rate.text.start)
    between = _seen(folded, whole.text.end, part.text.start)
    named = _RATE.search(words)
    if named is None or len(words) > _NEAR_RATE or re.search("[。;；]", between + words):
        return False
    if (of := named["act"] or named["of"]) is None:
        return True
    around = between + "," + words[: named.start()]
    before = _seen(folded, max(0, whole.text.start - _NEAR_RATE), whole.text.start)
    return re.search(f"(?<![不未没无]){of}", around) is not None and of not in before


def _closes_with_any(quantities: Sequence[Quantity], rate: Quantity) -> bool:
    """Say whether the last of ``quantities`` is ``rate`` of any before it in its unit: 应检100户,抽查40户,合格30户."""
    *wholes, part = quantities
    return any(
        whole.unit == part.unit and whole.value and _closes(part.value, whole.value, rate.value) for whole in wholes
    )


def _deadlines(notice: Notice, reading: Reading) -> Iterator[Doubt]:
    """Doubt printed deadlines that were not read, and those that had passed while the work goes on."""
    for i, (issue, read) in enumerate(zip(notice.issues, reading.issues, strict=False)):
        path = f"issues[{i}]"
        for duty in (read.duty, *(measure.duty for measure in read.measures)):
            for start, end in duty.unread:
                yield Doubt("deadline_unread", path, {"words": _short(reading.folded.printed[start:end])})
        if _is_overdue(issue, notice.signed_on):
            yield _overdue(path, issue, notice.signed_on)
        for j, measure in enumerate(issue.measures):
            if _is_overdue(measure, notice.signed_on):
                yield _overdue(f"{path}.measures[{j}]", measure, notice.signed_on)


def _is_overdue(holder: Issue | Measure, signed_on: str | None) -> bool:
    if holder.deadline is None or holder.status != "in_progress" or signed_on is None:
        return False
    last, signed = days_of(holder.deadline.value).last, days_of(signed_on).first
    return last is not None and signed is not None and last < signed


def _overdue(path: str, holder: Issue | Measure, signed_on: str | None) -> Doubt:
    deadline = holder.deadline.value if holder.deadline else ""
    return Doubt("overdue", f"{path}.deadline", {"deadline": deadline, "signed": signed_on or ""})


def _parts(quantities: list[Quantity], folded: FoldedText, path: str) -> Iterator[Doubt]:
    """Doubt parts that come to more than their whole: 其中 A、B."""
    if "其中" not in _seen(folded, quantities[0].text.end, quantities[-1].text.start):
        return  # as in most measures: known by one look
    for k, whole in enumerate(quantities[:-1]):
        following = quantities[k + 1]
        between = _seen(folded, whole.text.end, following.text.start)
        if "其中" not in between or "。" in between or whole.unit == "%":
            continue
        measure_end = quantities[-1].text.end
        full_stop = folded.source.find("。", whole.text.end, measure_end)
        sentence_end = full_stop if full_stop >= 0 else measure_end
        near = quantities[k + 1 : k + 1 + _MOST_PARTS]
        parts = [q for q in near if q.text.start < sentence_end and q.unit == whole.unit]
        broken = _seen(folded, following.text.start, parts[-1].text.end) if parts else ""
        if len(parts) > 1 and not re.search(r"[;；]|另|此外|同比|新增|还", broken):
            total = sum(part.value for part in parts)
            if total > whole.value:
                values = {"sum": _number(total), "whole": _number(whole.value), "unit": whole.unit}
                yield Doubt("parts_exceed_sum", f"{path}.quantities[{k}]", values)


def _grounding(notice: Notice, folded: FoldedText) -> Iterator[Doubt]:
    """Doubt quoted values that are not printed at their place; by construction all are, and a slip would show here."""
    for k, total in enumerate(notice.totals):
        if not _is_printed(value := _number(total.value), total.text, folded):
            yield _ungrounded("", "totals", k, value)
    for i, issue in enumerate(notice.issues):
        for j, measure in enumerate(issue.measures):
            for k, quantity in enumerate(measure.quantities):
                if not _is_printed(value := _number(quantity.value), quantity.text, folded):
                    yield _ungrounded(f"issues[{i}].measures[{j}].", "quantities", k, value)
            for k, document in enumerate(measure.documents):
                if not _is_printed(document.title, document.text, folded):
                    yield _ungrounded(f"issues[{i}].measures[{j}].", "documents", k, document.title)


def _ungrounded(home: str, name: str, index: int, value: str) -> Doubt:
    return Doubt("ungrounded_value", f"{home}{name}[{index}]", {"name": name, "value": _short(value)})


def _is_printed(value: str, span: Span, folded: FoldedText) -> bool:
    if value in folded.source[span.start : span.end]:
        return True
    printed = _seen(folded, span.start, span.end)
    return value in printed or _plain(value) in _plain(printed) or _is_amount(value, folded, span)


def _plain(text: str) -> str:
    """Return the normal form without the commas of thousands."""
    return normalise(text).replace(",", "")


def _number(value: float) -> str:
    """Return a figure as printed, without a needless ``.0``."""
    if isinstance(value, int):
        return str(value)
    return str(int(value)) if float(value).is_integer() else format(Decimal(repr(value)), "f")


def _is_amount(value: str, folded: FoldedText, span: Span) -> bool:
    """Say whether an amount of several parts or with a sign that stands at ``span`` has that value."""
    start, end = folded.in_folded(span.start, span.end)
    number = NUMBER.search(folded.text, start, end)
    return number is not None and _number(amount_at(folded.text, number).value) == value


def _seen(folded: FoldedText, start: int, end: int) -> str:
    """Return what a reader sees between two places of the stored text."""
    first, last = folded.in_folded(start, end)
    return folded.printed[first:last]


def _joined(words: str) -> str:
    return " ".join(words.split())


def _short(words: Iterable[str]) -> str:
    joined = "".join("".join(words).split())
    return joined if len(joined) <= _WORDS_SHOWN else joined[: _WORDS_SHOWN - 1] + "…"
