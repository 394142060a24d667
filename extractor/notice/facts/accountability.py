"""Accountability: printed figures of persons or cases held to account, read off the quantities of a clause."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from extractor.data import read_table
from extractor.notice.facts.quantities import QuantityFound
from extractor.text.places import Clauses, Place


class AccountabilityFound(NamedTuple):
    """One action with its printed count; ``text`` is the figure's place with its unit."""

    text: Place
    action: str
    figure: int | float
    unit: str
    base: Place


_RULES: dict[str, list[str]] = read_table("accountability")["rules"]
_ACTIONS = {action: re.compile("|".join(words)) for action, words in read_table("accountability")["actions"].items()}
_ANY_ACTION = re.compile("|".join(words.pattern for words in _ACTIONS.values()))
_UNITS = frozenset(_RULES["units"])
_LENIENT = re.compile("|".join(_RULES["lenient"]))
_WRONGDOING = re.compile("|".join(_RULES["wrongdoing"]))
_BEARERS = re.compile("|".join(_RULES["bearers"]))
_BEHIND = re.compile(
    rf"[^,。]{{0,20}}?(?:{'|'.join(_RULES['takes_action'])})(?:了)?(?P<action>[^,。0-9]{{2,12}})(?=[,。;]|、[^,。0-9]{{0,8}}[0-9]|并[^,。0-9]{{2,12}}[0-9]|$)"
)
_RIGHT_BEHIND = re.compile(r"(?P<action>[^,。0-9]{2,16}?)(?=[,。;]|、[0-9]|$)")
_JOINS = re.compile(r"[、和及与(]*(?:其中|包括|含)?[:]?")
_COUNTED_OTHERWISE = re.compile(
    f"(?:{'|'.join(_RULES['counted_otherwise'])})(?:余|多)?(?:{'|'.join(_RULES['counted_in'])})(?![才员民大力均])"
)
_REACH = 200
"""Code points behind a figure in which its clause is read: a list without a comma has no end."""
_CASE = re.compile("|".join(_RULES["case"]))
_WEAK = frozenset(_RULES["weak"])
_OF_PERSONS = frozenset(_RULES["of_persons"])
_UNITS_OF_PERSONS = frozenset(_RULES["units_of_persons"])
_PLAIN = tuple(_RULES["plain"])
_PLAIN_OF_PERSONS = re.compile("|".join(_RULES["plain_of_persons"]))
_PERSONS_BEHIND = re.compile(r"[^,。0-9]{1,12}(?=[,。;]|$)")
"""Who a figure counts and what was done to them: 2名保管员提醒谈话."""

_TO_BODIES = re.compile(r"(?:对|将|给予)[^,。;]*$")
"""Behind this a figure of bodies is told what was done to them, too: 对超标排放的9家企业立案处罚."""
_JOINED = re.compile("[、和及并]")
_FORMS = re.compile("四种形态|帮助和处理|形态(?!批评教育|提醒谈话|谈话提醒|诫勉|党纪|处分)")
"""Sums of the four forms; one form with its action (第一种形态批评教育44人次) is that action."""


def find_accountability(
    text: str, clauses: Clauses, quantities: Sequence[QuantityFound], unread: Sequence[Place] = ()
) -> list[AccountabilityFound]:
    """Find the accountability entries of the folded text, from its quantities in printed order.

    No action is carried across a number that is ``unread``: what stands before it may be all its own.
    """
    found: list[AccountabilityFound] = []
    clause_start, told_until = -1, 0
    actions: list[str] = []
    spent, unit = False, ""
    for quantity in quantities:
        begin, end = quantity.text
        start, clause_end = clauses.around(begin)
        same_clause = start == clause_start
        known_from = max(start, told_until) if same_clause else start
        skipped = bisect_left(unread, (begin, 0))
        if skipped and unread[skipped - 1].end > min(told_until, start):
            actions = []
            known_from = max(known_from, unread[skipped - 1].end)
        before = text[known_from:begin]
        named = _ANY_ACTION.search(before) is not None
        if (named or actions) and (others := list(_COUNTED_OTHERWISE.finditer(before))):
            actions = []
            before = before[others[-1].end() :]
            named = _ANY_ACTION.search(before) is not None
        clause_end = clause_end if end <= clause_end else clauses.end(end)
        after = text[end : min(clause_end, end + _REACH)]
        if named:
            actions = [] if _LENIENT.search(before + after[:12]) else _actions(before, quantity.unit + after)
            spent = False
        elif behind := _action_behind(before, quantity.unit, after, untold=spent or not actions):
            # 3人、2人分别给予: nobody can tell which action is whose.
            alone = not same_clause and _JOINED.search(behind["action"]) is None
            told_apart = (alone or "分别" not in before + behind.group()) and not _LENIENT.search(behind["action"])
            actions = _actions(behind["action"], quantity.unit) if told_apart else []
            end += behind.end()
            spent = True
        elif actions and (
            spent
            or not (
                _goes_on(before, same_unit=quantity.unit == unit)
                if same_clause
                else text[start - 1] == "," and _BEARERS.search(before)
            )
        ):
            actions = []
        clause_start, told_until, unit = start, end, quantity.unit
        if actions and quantity.unit in _UNITS:
            found.extend(
                AccountabilityFound(quantity.text, action, quantity.value, quantity.unit, quantity.base)
                for action in _borne(actions, quantity.unit, told=before + after)
            )
    return found


def _borne(actions: Sequence[str], unit: str, told: str) -> list[str]:
    """Return those of ``actions`` that what is counted in ``unit`` can bear: bodies are named, not taught."""
    if unit in _UNITS_OF_PERSONS:
        return list(actions)
    if "通报批评" in told and "批评教育" in actions:
        return ["通报曝光"]
    return [action for action in actions if action not in _OF_PERSONS and (action, unit) != ("约谈", "个")]


def _action_behind(before: str, unit: str, after: str, *, untold: bool) -> re.Match[str] | None:
    """Return the action printed behind a figure: 对1名负责人进行约谈, 给予4人党纪处分.

    Where no action is known before (``untold``), it may follow at once, or behind the persons: 6人诫勉谈话,
    2名保管员提醒谈话.
    """
    if behind := _BEHIND.match(after):
        return behind
    if before.endswith(("给予", "对", "将")) or (untold and _ANY_ACTION.match(after)):
        return _RIGHT_BEHIND.match(after)
    told = unit in _UNITS_OF_PERSONS or _TO_BODIES.search(before)
    persons = _PERSONS_BEHIND.match(after) if untold and told else None
    return _RIGHT_BEHIND.match(after) if persons and _ANY_ACTION.search(persons.group()) else None


def _goes_on(before: str, *, same_unit: bool) -> bool:
    """Say whether the words between two figures of a clause leave the action as it is.

    They do where they only join, name those who bear it, or, between figures in one unit, say what was done wrong
    (查处3起违规用车、2起违规用餐).
    """
    joint = _JOINS.match(before)
    words = before[joint.end() :] if joint else before
    return not words or bool(_BEARERS.search(words) or (same_unit and _WRONGDOING.search(words)))


def _actions(before: str, after: str) -> list[str]:
    """Return the actions a clause names before its figure: one, or several joined (警告并诫勉)."""
    named = [action for action, words in _ACTIONS.items() if words.search(before)]
    if _FORMS.search(before):
        return ["其他"]
    strong = [action for action in named if action not in _WEAK]
    if "党纪政务处分" in strong:
        specific = [action for action in strong if action in ("党纪处分", "政务处分")]
        strong = (
            [a for a in strong if a != "党纪政务处分"]
            if specific and "党纪政务" not in before
            else [a for a in strong if a not in specific]
        )
    if strong:
        return strong
    if not named:
        return []
    first = named[0]
    persons = before.endswith("处理") and after.startswith(("人", "名"))
    if first == "其他" and after.startswith(("人", "名")) and _PLAIN_OF_PERSONS.search(before):
        return [first]
    if first == "其他" and not persons and not before.endswith(_PLAIN) and not _WRONGDOING.search(before + after):
        return []
    if first == "移送" and not _CASE.search(before + after):
        return []
    return [first]
