"""The English sentences in the code, read from its syntax, as templates with {1}, {2}, … for what is filled in."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from checkout import ROOT

SOURCES = (ROOT / "extractor", ROOT / "eval" / "notice_extractor_eval")
_LOGGED = frozenset(("info", "warning", "error", "log"))
_SAID = frozenset(("typer.echo", "say"))
_INSIDE = frozenset(
    ("BugError", "ValueError", "TypeError", "OSError", "RuntimeError", "AttributeError", "KeyError", "RefusedError")
)
"""Errors that no user reads as they are: others turn them into sentences, or they are bugs."""
_LETTERS = re.compile(r"[a-z]{2}.* |.* .*[a-z]{2}")


class CodeSentence(NamedTuple):
    """A template of a sentence, and the place where the code makes it."""

    template: str
    place: str


@cache
def sentences() -> tuple[CodeSentence, ...]:
    """Return the sentences that are raised, logged or printed, once each, in the order of the code."""
    found: dict[str, str] = {}
    for path, tree in _trees():
        for node in ast.walk(tree):
            for said in _said(node):
                for template in templates(said):
                    if _LETTERS.search(re.sub(r"\{\d+\}", "", template)):
                        found.setdefault(template, f"{path.relative_to(ROOT)}:{said.lineno}")
    return tuple(CodeSentence(*each) for each in found.items())


@cache
def all_templates() -> frozenset[str]:
    """Return every text in the code as a template, whatever it is for."""
    return frozenset(
        template
        for _, tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant | ast.JoinedStr | ast.BinOp)
        for template in templates(node)
    )


def _trees() -> Iterator[tuple[Path, ast.Module]]:
    for folder in SOURCES:
        for path in sorted(folder.rglob("*.py")):
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def _said(node: ast.AST) -> Iterator[ast.expr]:
    """Yield the arguments of a call that hold a sentence for people."""
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
        name = ast.unparse(node.exc.func)
        if name not in _INSIDE and not name.startswith("Pydantic"):
            yield from node.exc.args
    elif isinstance(node, ast.Call):
        name = ast.unparse(node.func)
        if name in _SAID:
            yield from node.args[:1]
        elif name.startswith("LOGGER.") and name.removeprefix("LOGGER.") in _LOGGED:
            yield from node.args[:1] if not name.endswith("log") else node.args[1:2]


def templates(node: ast.expr) -> list[str]:
    """Return the templates of an expression; none where it holds no text of its own."""
    if isinstance(node, ast.IfExp):
        return [*templates(node.body), *templates(node.orelse)]
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "printable":
        return templates(node.args[0])
    text = _text(node)
    if text is None or not text.strip("\0"):
        return []
    numbers = iter(range(1, 100))
    return [re.sub("\0|%s|%d|%[.]0f", lambda _: f"{{{next(numbers)}}}", text)]


def _text(node: ast.expr) -> str | None:
    """Return the text of an expression with a NUL for what is filled in; None where there is no text."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) or "\0" for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _text(node.left), _text(node.right)
        return None if left is None and right is None else (left or "\0") + (right or "\0")
    return None
