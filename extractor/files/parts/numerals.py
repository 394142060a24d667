"""Whole numbers as lists and word processors print them: letters, Roman and Chinese numerals, circled figures."""

from __future__ import annotations

from collections.abc import Callable

_DIGITS = "零一二三四五六七八九"
_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"),
    (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip


def in_chinese(number: int) -> str:
    """Return 1 to 9999 in Chinese counting numerals (十, 二十一, 一百零五); other numbers in digits."""
    if not 0 < number < 10_000:
        return str(number)
    result = ""
    for place, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // place % 10
        if digit:
            result += _DIGITS[digit] + unit
        elif result and number % place and not result.endswith("零"):
            result += "零"
    return result.removeprefix("一") if 10 <= number < 20 else result


def in_letters(number: int) -> str:
    """Return a, b … z, then aa, bb … as word processors go on; other numbers in digits."""
    if not 0 < number <= 26 * 10:
        return str(number)
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)


def in_roman(number: int) -> str:
    """Return 1 to 3999 in capital Roman numerals; other numbers in digits."""
    if not 0 < number < 4000:
        return str(number)
    result = ""
    for value, letters in _ROMAN:
        count, number = divmod(number, value)
        result += letters * count
    return result


def in_circles(number: int) -> str:
    """Return ① to ㊿; other numbers in digits."""
    for first, start in ((1, 0x2460), (21, 0x3251), (36, 0x32B1)):
        last = {1: 20, 21: 35, 36: 50}[first]
        if first <= number <= last:
            return chr(start + number - first)
    return str(number)


def enclosed(first: int) -> Callable[[int], str]:
    """Return what numbers 1 to 20 by Unicode's enclosed forms from the code point ``first``; others in digits."""
    return lambda number: chr(first + number - 1) if 0 < number <= 20 else str(number)
