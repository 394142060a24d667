"""Numbers of a spreadsheet as it displays them, by their number format.

Why not a library: python-calamine 0.9.1 gives no formats, openpyxl 3.1.5 and xlrd 2.0.2 give a format's code and leave
its rendering to the caller, and ssf 0.2.2 (of 2020) fails on today's Babel and brings 45 MB. What ledgers use is
rendered here: dates in figures and Chinese, percentages, thousands, scaled amounts, words before and behind. What is
not understood has no rendering, so that a caller shows the plain value and says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import NamedTuple

_YEAR_MONTH, _MONTH_DAY, _WHOLE_DAY = 'yyyy"年"m"月"', 'm"月"d"日"', 'yyyy"年"m"月"d"日"'
_HALF_DAY = '上午/下午h"时"mm"分"'
BUILT_IN: dict[int, str] = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00",
    12: "# ?/?", 13: "# ??/??", 14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy",
    18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy/m/d h:mm",
    27: _YEAR_MONTH, 28: _MONTH_DAY, 29: _MONTH_DAY, 30: "m-d-yy", 31: _WHOLE_DAY, 32: 'h"时"mm"分"',
    33: 'h"时"mm"分"ss"秒"', 34: _HALF_DAY, 35: f'{_HALF_DAY}ss"秒"', 36: _YEAR_MONTH,
    37: "#,##0;-#,##0", 38: "#,##0;-#,##0", 39: "#,##0.00;-#,##0.00", 40: "#,##0.00;-#,##0.00",
    41: "#,##0;-#,##0", 42: "¥#,##0;¥-#,##0", 43: "#,##0.00;-#,##0.00", 44: "¥#,##0.00;¥-#,##0.00",
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@",
    50: _YEAR_MONTH, 51: _MONTH_DAY, 52: _YEAR_MONTH, 53: _MONTH_DAY, 54: _MONTH_DAY, 55: _HALF_DAY,
    56: f'{_HALF_DAY}ss"秒"', 57: _YEAR_MONTH, 58: _MONTH_DAY,
}  # fmt: skip
"""The formats that files name by number only, as the Chinese editions of Excel and WPS display them."""


class ShownNumber(NamedTuple):
    """A number as displayed. ``is_sure`` is False where its format was not understood, and ``text`` a plain form.

    ``hidden_year`` is the year of a date that is displayed without it, 0 for none.
    """

    text: str
    is_sure: bool = True
    hidden_year: int = 0


class _Token(NamedTuple):
    """A piece of a format: ``literal``, ``digit`` (0 # ?), ``mark`` (. , % E), ``date``, ``elapsed`` or ``odd``."""

    kind: str
    words: str


class _Section(NamedTuple):
    tokens: tuple[_Token, ...]
    condition: tuple[str, Decimal] | None
    numerals: str

    @property
    def is_date(self) -> bool:
        return any(token.kind in ("date", "elapsed") for token in self.tokens)


_TOKEN = re.compile(
    r'(?P<quoted>"[^"]*"?)|[\\!](?P<escaped>.)|(?P<space>_.)|(?P<fill>\*.)|\[(?P<bracket>[^\]]*)\]|'
    r"(?P<half>AM/PM|am/pm|A/P|上午/下午)|(?P<general>[Gg]eneral|G/通用格式)|(?P<date>[yY]+|[mM]+|[dD]+|[hH]+|[sS]+|e+|aaaa?|[gb]+)|"
    r"(?P<exponent>E[+-])|(?P<digit>[0#?])|(?P<mark>[.,%])|(?P<text>@)|(?P<literal>.)",
    re.DOTALL,
)
_LOCALE = re.compile(r"\$(?P<currency>[^-]*)(?:-(?P<locale>[0-9A-Fa-f]+))?")
_CONDITION = re.compile(r"(?P<sign><=|>=|<>|<|>|=)(?P<number>-?[0-9.]+)")
_SYSTEM_FORMS = {"F800": _WHOLE_DAY, "F400": "h:mm:ss"}
_LATEST_SERIAL = 2_958_466  # the day after the last of the year 9999
_LEAP_BUG = 61  # Excel counts a 29 February 1900, so that days before it have another origin
_MOST_DIGITS = 15
_DIGITS = "〇一二三四五六七八九"
_WEEKDAYS = "一二三四五六日"


def shown_number(value: float, code: str, *, since_1904: bool = False) -> ShownNumber:
    """Return a number as its format displays it.

    >>> shown_number(45107, '[$-804]yyyy"年"m"月"d"日";@').text, shown_number(0.956, "0.0%").text
    ('2023年6月30日', '95.6%')
    """
    sections = _sections(code)
    if sections is None:
        return ShownNumber(_plain(value), is_sure=False)
    chosen = _chosen(sections, value)
    if chosen is None:
        return ShownNumber(_plain(value), is_sure=False)
    section, amount = chosen
    if section.is_date:
        return _shown_date(section, value, since_1904=since_1904)
    words = _shown_amount(section, amount)
    # A negative number in brackets or in red alone would be read as a positive one.
    if words is None or (value < 0 <= amount and words and "-" not in words):
        return ShownNumber(_plain(value), is_sure=False)
    return ShownNumber(words)


def shown_text(words: str, code: str) -> str:
    """Return a text as its format displays it: with what stands around ``@``; nothing where the format hides it."""
    if code in ("", "General", "@"):
        return words
    sections = _sections(code)
    if not sections:
        return words
    section = sections[3] if len(sections) > 3 else sections[0]
    if len(sections) <= 3 and not any(token == _Token("text", "@") for token in section.tokens):
        return words
    return "".join(words if token.kind == "text" else token.words for token in section.tokens)


def _plain(value: float) -> str:
    number = Decimal(f"{value:.{_MOST_DIGITS}g}")
    return f"{number:f}" if abs(number.adjusted()) <= _MOST_DIGITS else f"{value:.{_MOST_DIGITS}g}"


@lru_cache(maxsize=512)
def _sections(code: str) -> tuple[_Section, ...] | None:
    """Return the sections of a format; None for one that is too long to be one."""
    if len(code) > 500:
        return None
    sections: list[list[_Token]] = [[]]
    conditions: list[tuple[str, Decimal] | None] = [None]
    numerals: list[str] = [""]
    position = 0
    while match := _TOKEN.match(code, position):
        position = match.end()
        kind, words = match.lastgroup or "escaped", match[match.lastgroup or 0]
        if kind == "literal" and words == ";":
            sections.append([])
            conditions.append(None)
            numerals.append("")
        elif kind == "bracket":
            found = _bracket(words)
            if isinstance(found, tuple):
                conditions[-1] = found
            elif isinstance(found, str):
                numerals[-1] = found
            else:
                sections[-1] += found
        else:
            sections[-1] += _token(kind, words)
    return tuple(_Section(*each) for each in zip(map(tuple, sections), conditions, numerals, strict=True))


def _token(kind: str, words: str) -> list[_Token]:
    match kind:
        case "quoted":
            return [_Token("literal", words.strip('"'))]
        case "escaped" | "literal":
            return [_Token("literal", words)]
        case "space" | "fill":
            return []
        case "half":
            return [_Token("date", "午" if "午" in words else "pm")] if len(words) > 3 else [_Token("odd", words)]
        case "date":
            return [_Token("date", words.lower())]
        case "exponent" | "mark":
            return [_Token("mark", words)]
    return [_Token(kind, words)]


def _bracket(words: str) -> list[_Token] | tuple[str, Decimal] | str:
    """Return what stands for brackets in a format: tokens, a condition, or a kind of numerals."""
    if words.lower().startswith("dbnum"):
        return words.lower()
    if set(words.lower()) in ({"h"}, {"m"}, {"s"}):
        return [_Token("elapsed", words.lower())]
    if condition := _CONDITION.fullmatch(words):
        return condition["sign"], Decimal(condition["number"])
    if locale := _LOCALE.fullmatch(words):
        system = _SYSTEM_FORMS.get((locale["locale"] or "").upper())
        return [_Token("system", system)] if system else [_Token("literal", locale["currency"])]
    return []  # a colour


def _chosen(sections: Sequence[_Section], value: float) -> tuple[_Section, Decimal] | None:
    """Return the section for a number, and the number that it shows: without its sign where the section says it."""
    system = next((token.words for token in sections[0].tokens if token.kind == "system"), "")
    if system:
        sections = _sections(system) or sections
    number = Decimal(f"{value:.{_MOST_DIGITS}g}")
    if any(section.condition for section in sections):
        return _by_condition(sections, number)
    if len(sections) == 1 or number > 0 or (number == 0 and len(sections) < 3):
        return sections[0], number
    if number == 0:
        return sections[2], number
    return sections[1], -number


def _by_condition(sections: Sequence[_Section], number: Decimal) -> tuple[_Section, Decimal] | None:
    if number < 0:
        return None  # which section says the sign is not the same in all programs
    for section in sections[:3]:
        if section.condition is None or _holds(section.condition, number):
            return section, number
    return None


def _holds(condition: tuple[str, Decimal], number: Decimal) -> bool:
    sign, other = condition
    equal, less = number == other, number < other
    return {"<": less, "<=": less or equal, ">": not (less or equal), ">=": not less, "=": equal, "<>": not equal}[sign]


def _shown_amount(section: _Section, number: Decimal) -> str | None:
    """Return a number by digits, marks and words; None where the format holds what is not understood."""
    tokens = section.tokens
    kinds = {token.kind for token in tokens}
    if section.numerals or "odd" in kinds:
        return None
    if "general" in kinds or not kinds & {"digit", "mark"}:
        return _shown_in_words(tokens, number)
    if any(token.words in ("E+", "E-") for token in tokens) or _is_fraction(tokens):
        return None
    number *= Decimal(100) ** sum(token == _Token("mark", "%") for token in tokens)
    whole, decimals = _parted(tokens)
    scale, whole, decimals = _scale(whole, decimals)
    places = sum(token.kind == "digit" for token in decimals)
    rounded = (number / Decimal(1000) ** scale).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    digits = f"{abs(rounded):f}"
    before, _, behind = digits.partition(".")
    sign = "-" if rounded < 0 else ""
    return sign + _filled(whole, before) + _decimals(decimals, behind)


def _shown_in_words(tokens: Sequence[_Token], number: Decimal) -> str:
    plain = f"{number:f}" if abs(number.adjusted()) <= _MOST_DIGITS else str(number)
    shown = {"general": plain, "text": plain}
    return "".join(shown.get(token.kind, token.words) for token in tokens)


def _is_fraction(tokens: Sequence[_Token]) -> bool:
    """Return whether a format shows a fraction: a slash between digits."""
    kept = [token for token in tokens if token.words != " "]
    return any(
        token == _Token("literal", "/") and 0 < place < len(kept) - 1 and kept[place - 1].kind == "digit"
        for place, token in enumerate(kept)
    )


def _parted(tokens: Sequence[_Token]) -> tuple[list[_Token], list[_Token]]:
    """Return the tokens before the decimal point, and those from it on."""
    point = next((place for place, token in enumerate(tokens) if token == _Token("mark", ".")), len(tokens))
    return list(tokens[:point]), list(tokens[point:])


def _scale(whole: list[_Token], decimals: list[_Token]) -> tuple[int, list[_Token], list[_Token]]:
    """Return how many commas behind the last digit divide by a thousand each, and both parts without them."""
    scale = 0
    for part in (decimals, whole):
        last = max((place for place, token in enumerate(part) if token.kind == "digit"), default=-1)
        behind = [token for token in part[last + 1 :] if token == _Token("mark", ",")]
        if last >= 0 and behind:
            scale += len(behind)
            part[last + 1 :] = [token for token in part[last + 1 :] if token != _Token("mark", ",")]
    return scale, whole, decimals


def _filled(tokens: Sequence[_Token], digits: str) -> str:
    """Return the part before the point: ``digits`` from the right into its places, with words between them."""
    grouped = _Token("mark", ",") in tokens
    places = [place for place, token in enumerate(tokens) if token.kind == "digit"]
    left = "" if digits == "0" else digits
    pieces: dict[int, str] = {}
    count = 0
    for place in reversed(places):
        takes = left if place == places[0] else left[-1:]
        left = "" if place == places[0] else left[:-1]
        takes = takes or ("0" if tokens[place].words == "0" else "")
        written = ""
        for digit in reversed(takes):
            written = digit + ("," if grouped and count and count % 3 == 0 else "") + written
            count += 1
        pieces[place] = written
    shown = (pieces.get(place, "") if token.kind == "digit" else token.words for place, token in enumerate(tokens))
    words = "".join("" if token == _Token("mark", ",") else each for token, each in zip(tokens, shown, strict=True))
    return words if places else words + ("" if digits == "0" else digits)


def _decimals(tokens: Sequence[_Token], digits: str) -> str:
    shown: list[str] = []
    rest = list(digits)
    needed = [place for place, token in enumerate(tokens) if token.kind == "digit"]
    stripped = digits.rstrip("0")
    for place, token in enumerate(tokens):
        if token.kind != "digit":
            shown.append(token.words)
            continue
        digit = rest.pop(0) if rest else "0"
        shown.append(digit if token.words == "0" or needed.index(place) < len(stripped) else "")
    return "".join(shown)


def _shown_date(section: _Section, value: float, *, since_1904: bool) -> ShownNumber:
    moment = _moment(value, since_1904=since_1904)
    if moment is None:
        return ShownNumber(_plain(value), is_sure=False)
    words = _date_words(section, moment, value)
    if words is None:
        plain = f"{moment.year}/{moment.month}/{moment.day}" if value >= 1 else f"{moment.hour}:{moment.minute:02d}"
        return ShownNumber(plain, is_sure=False)
    printed = {token.words[0] for token in section.tokens if token.kind == "date"}
    hides = bool(printed & set("d")) and not printed & set("yeg")
    return ShownNumber(words, hidden_year=moment.year if hides else 0)


def _moment(value: float, *, since_1904: bool) -> datetime | None:
    """Return the moment of a serial number; None for one that no calendar has."""
    if not 0 <= value < _LATEST_SERIAL - (1462 if since_1904 else 0) or (not since_1904 and 60 <= value < _LEAP_BUG):
        return None
    if since_1904:
        origin = datetime(1904, 1, 1)
    else:
        origin = datetime(1899, 12, 30) if value >= _LEAP_BUG else datetime(1899, 12, 31)
    return origin + timedelta(seconds=round(value * 86_400))


def _date_words(section: _Section, moment: datetime, value: float) -> str | None:
    tokens = section.tokens
    has_half = any(token.words in ("午", "pm") for token in tokens if token.kind == "date")
    written: list[str] = []
    for place, token in enumerate(tokens):
        if token.kind == "elapsed":
            seconds = round(value * 86_400)
            part = {"h": seconds // 3600, "m": seconds // 60, "s": seconds}[token.words[0]]
            words: str | None = str(part).zfill(len(token.words))
        elif token.kind == "date":
            is_minute = token.words in ("m", "mm") and _is_minute(tokens, place)
            words = _part_of_date("n" * len(token.words) if is_minute else token.words, moment, has_half=has_half)
            words = _in_numerals(words, token.words, section.numerals) if words is not None else None
        elif token.kind == "literal":
            words = token.words
        elif token.kind == "mark" and token.words in ".,":
            words = token.words if place + 1 < len(tokens) and tokens[place + 1].kind != "digit" else None
        else:
            words = None
        if words is None:
            return None
        written.append(words)
    return "".join(written).strip()


def _is_minute(tokens: Sequence[_Token], place: int) -> bool:
    """Return whether ``m`` means minutes: behind hours, or before seconds."""
    dates = [(at, token.words[0]) for at, token in enumerate(tokens) if token.kind in ("date", "elapsed")]
    index = next(number for number, (at, _) in enumerate(dates) if at == place)
    before = dates[index - 1][1] if index else ""
    behind = dates[index + 1][1] if index + 1 < len(dates) else ""
    return before == "h" or behind == "s"


def _part_of_date(form: str, moment: datetime, *, has_half: bool) -> str | None:
    """Return a part of a moment; None for names in languages of a system that is not known here."""
    hour = (moment.hour - 1) % 12 + 1 if has_half else moment.hour
    numbers = {"m": moment.month, "d": moment.day, "h": hour, "n": moment.minute, "s": moment.second}
    if form[0] in numbers and len(form) < 3:
        return str(numbers[form[0]]).zfill(len(form))
    is_morning = moment.hour < 12
    weekday = _WEEKDAYS[moment.weekday()]
    whole = dict.fromkeys(("yyyy", "yyy", "e", "ee", "eeee"), f"{moment.year}")
    short = dict.fromkeys(("yy", "y"), f"{moment.year % 100:02d}")
    words = {"aaaa": f"星期{weekday}", "aaa": weekday}
    halves = {"午": "上午" if is_morning else "下午", "pm": "AM" if is_morning else "PM"}
    return {**whole, **short, **words, **halves}.get(form)


def _in_numerals(words: str, form: str, numerals: str) -> str | None:
    """Return a part of a date in the numerals that its format asks for; None for those of amounts."""
    if not numerals or not words.isdecimal():
        return words
    if numerals != "dbnum1":
        return None
    if form[0] in "ye":
        return "".join(_DIGITS[int(digit)] for digit in words)
    tens, ones = divmod(int(words), 10)
    return (_DIGITS[tens] if tens > 1 else "") + ("十" if tens else "") + (_DIGITS[ones] if ones or not tens else "")
