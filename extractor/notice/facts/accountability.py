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


class _ToldBehind(NamedTuple):
    """The words behind a figure that say what was done to what it counts, and how many code points behind it end."""

    action: str
    length: int


_RULES: dict[str, list[str]] = read_table("accountability")["rules"]
_ACTIONS = {action: re.compile("|".join(words)) for action, words in read_table("accountability")["actions"].items()}
_ANY_ACTION = re.compile("|".join(words.pattern for words in _ACTIONS.values()))
_UNITS = frozenset(_RULES["units"])
_LENIENT = re.compile("|".join(_RULES["lenient"]))
_WRONGDOING = re.compile("|".join(_RULES["wrongdoing"]))
_BEARERS = re.compile("|".join(_RULES["bearers"]))
_FINED = r"(?:(?<=处罚)|(?<=罚款)|(?<=罚款[合共]计))[0-9.]+余?[万亿]?余?元"
"""What a fine came to: it ends the words of what was done, as a comma does."""
_BEHIND = re.compile(
    rf"[^,。]{{0,20}}?(?:{'|'.join(_RULES['takes_action'])})(?:了)?(?P<action>[^,。0-9]{{2,12}}(?:、[^,。、0-9]{{2,12}}){{0,3}})(?=[,。;]|、[^,。0-9]{{0,8}}[0-9]|并[^,。0-9]{{2,12}}[0-9]|$|{_FINED})"
)
_RIGHT_BEHIND = re.compile(rf"(?P<action>[^,。0-9]{{2,16}}?)(?=[,。;]|、[0-9]|$|{_FINED})")
_OWN_BEHIND = re.compile(rf"(?:{_ANY_ACTION.pattern})[^,。;、0-9]{{0,4}}(?=[,。;]|$)")
"""An action that nothing but the figure before it can have: 党纪处分3人、2人诫勉."""
_AROUND: dict[str, str] = read_table("accountability")["around"]
_VERBS_AROUND = tuple(_AROUND)
_BACK_PARTS = {verb: re.compile(f"[^,。;、0-9]{{0,8}}{noun}") for verb, noun in _AROUND.items()}
_SHARED_BEHIND = re.compile(
    r"(?P<counted>(?:[^,。;、0-9]{1,8}[、和及与][0-9]+[名人个家]){1,3})(?P<action>[^,。;、0-9]{4,16})(?=[,。;]|$)"
)
"""Others with whom a figure shares the action behind them: 2个党支部、5名党员通报批评."""
_SENT_ON = re.compile(
    r"(?:[0-9]+[人名件起])?,(?:均|全部|并|已|依法|及时)*(?P<action>移[送交][^,。;、0-9]{2,16})(?=[,。;]|$)"
)
_SENT_IN = frozenset("人名件起")
_UNCOVERED = re.compile("发现|查出|查获|排查出")
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
_PERSONS_BEHIND = re.compile(rf"[^,。0-9]{{1,12}}(?=[,。;]|$|{_FINED})")
"""Who a figure counts and what was done to them: 2名保管员提醒谈话."""

_TO_BODIES = re.compile(r"(?:对|将|给予)[^,。;]*$")
"""Behind this a figure of bodies is told what was done to them, too: 对超标排放的9家企业立案处罚."""
_JOINED = re.compile("[、和及并]")
_PERSONS_ALONE = re.compile(rf"[人名](?:{'|'.join(_RULES['persons_alone'])})(?=[,。;、]|$)")
_BODIES_AND = re.compile("[^,。;、0-9]{1,8}[、和及与]$")
_OTHER_ACTS = re.compile(rf"(?:^|[、和及])(?:已|并|监督|督促)?(?:{'|'.join(_RULES['other_acts'])})")
_RANKS = {action: re.compile("|".join(words)) for action, words in read_table("accountability")["ranks"].items()}
_SHARED_RANKS = tuple(read_table("accountability")["shared_ranks"]["words"])
_SHARED_RANK = re.compile(rf"(?:^|[、,和及]|其中|给予)(?:{'|'.join(_SHARED_RANKS)})$")
_PRIVATE_FINES = re.compile("|".join(_RULES["private_fines"]))
_UNDONE = re.compile("(?:撤销|解除|取消|变更)对")
_SENT_TO_FINE = re.compile("移[送交][^,。、0-9]{2,12}处罚$")
"""Others are to fine them: 移送市场监管部门处罚."""
_ANYONES_FINE = re.compile("(?<!处)(?<!处以)罚款")
"""A fine that need not be one of an authority, unless firms are fined: 对2名保洁员罚款200元, 对6个项目部罚款."""

_FORMS = re.compile("四种形态|帮助和处理|形态(?!”?(?:批评教育|提醒谈话|谈话提醒|诫勉|党纪|处分))")
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
        goes_on = bool(actions) and not spent
        if goes_on and same_clause:
            goes_on = _goes_on(before, quantity.unit + after, same_unit=quantity.unit == unit)
        elif goes_on:
            goes_on = text[start - 1] == "," and _BEARERS.search(before) is not None
        if before.endswith(_SHARED_RANKS) and (rank := _rank(before, text[start:end] + after)):
            actions, spent = rank, False
        elif named:
            actions = [] if _LENIENT.search(before + after[:12]) else _actions(before, quantity.unit + after)
            spent = False
        elif behind := _action_behind(before, quantity.unit, after, untold=not goes_on):
            told = before + after[: behind.length]
            actions = _actions_behind(behind.action, told, quantity.unit, alone=not same_clause)
            end += behind.length
            spent = True
        elif quantity.unit in _SENT_IN and (sent := _sent_on(text, Place(start, begin), quantity)):
            actions, spent = sent, True
        elif not goes_on:
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


def _action_behind(before: str, unit: str, after: str, *, untold: bool) -> _ToldBehind | None:
    """Return the action printed behind a figure: 对1名负责人进行约谈, 给予4人党纪处分.

    Where no action is known before (``untold``), it may follow at once, or behind the persons: 6人诫勉谈话,
    2名保管员提醒谈话.
    """
    if told := _BEHIND.match(after):
        return _ToldBehind(told["action"], told.end())
    if before.endswith(_VERBS_AROUND) and (told := _BACK_PARTS[before[-2:]].match(after)):
        return _ToldBehind(before[-2:] + told.group(), told.end())
    at_once = _ANY_ACTION.match(after) if untold else _OWN_BEHIND.match(after)
    to_bodies = untold and _TO_BODIES.search(before) is not None
    shared = _SHARED_BEHIND.match(after) if to_bodies else None
    if shared and "分别" not in shared.group() and not _ANY_ACTION.search(shared["counted"]):
        return _ToldBehind(shared["action"], 0)
    persons = _PERSONS_BEHIND.match(after) if untold and (to_bodies or unit in _UNITS_OF_PERSONS) else None
    is_told = at_once or before.endswith(("给予", "对", "将")) or (persons and _ANY_ACTION.search(persons.group()))
    told = _RIGHT_BEHIND.match(after) if is_told else None
    return _ToldBehind(told["action"], told.end()) if told else None


def _actions_behind(action: str, told: str, unit: str, *, alone: bool) -> list[str]:
    """Return the actions that words behind a figure of ``unit`` name; ``told`` is all that is said about it.

    3人、2人分别给予警告、诫勉: nobody can tell which action is whose, unless all are of one kind.
    """
    private = _ANYONES_FINE.search(action) and (unit != "家" or _PRIVATE_FINES.search(told))
    if private or _LENIENT.search(action) or _UNDONE.search(told):
        return []
    if "分别" not in told or (alone and not _JOINED.search(action)):
        return _actions(action, unit)
    kinds = {tuple(_actions(part, unit)) for part in _JOINED.split(action) if part not in _SHARED_RANKS}
    return list(kinds.pop()) if alone and len(kinds) == 1 else []


def _sent_on(text: str, told: Place, counted: QuantityFound) -> list[str]:
    """Return the action in the next clause, where all that was found out was sent on: 发现违规代理2人,移送司法机关."""
    words = text[told.start : told.end]
    sent = _SENT_ON.match(text, counted.text.end) if _UNCOVERED.search(words) else None
    return _actions(sent["action"], counted.unit) if sent and _WRONGDOING.search(words) else []


def _rank(before: str, clause: str) -> list[str]:
    """Return the action of a sanction that more than one list has (警告1人), where its clause names others of one."""
    if not _SHARED_RANK.search(before):
        return []
    kinds = [action for action, words in _RANKS.items() if words.search(clause)]
    return kinds if len(kinds) == 1 else []


def _goes_on(before: str, counted: str, *, same_unit: bool) -> bool:
    """Say whether the words between two figures of a clause leave the action as it is.

    They do where they only join, name those who bear it, or, between figures in one unit, say what was done wrong
    (查处3起违规用车、2起违规用餐).
    """
    joint = _JOINS.match(before)
    words = before[joint.end() :] if joint else before
    if not words or _BEARERS.search(words):
        return True
    if _OTHER_ACTS.search(words):
        return False
    return bool(
        (same_unit and _WRONGDOING.search(words)) or (_BODIES_AND.match(words) and _PERSONS_ALONE.match(counted))
    )


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
    first = "移送" if _SENT_TO_FINE.search(before) else named[0]
    persons = before.endswith("处理") and after.startswith(("人", "名"))
    if first == "其他" and after.startswith(("人", "名")) and _PLAIN_OF_PERSONS.search(before):
        return [first]
    if first == "其他" and not persons and not before.endswith(_PLAIN) and not _WRONGDOING.search(before + after):
        return []
    if first == "移送" and not _CASE.search(before + after):
        return []
    return [first]
