"""YAML that remembers its lines: mappings, lists and scalars whose faults are collected, each with file and line.

PyYAML's nodes are used, not ruamel.yaml's round trip: that turns dates and digits into values before we see them as
written, stops at the first key that is there twice, and takes 0.6 s for a file that PyYAML's C parser reads in 3 ms.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import takewhile
from typing import Literal

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})

Kind = Literal["fault", "note"]

MOST_FAULTS = 200
"""Mistakes of one file after which it is not read on."""


@dataclass(frozen=True, slots=True, order=True)
class LabelError:
    """One mistake in a label file. A ``note`` is worth a look and does not make the file unusable."""

    file: str
    line: int
    message: str
    kind: Kind = "fault"

    def __str__(self) -> str:
        mark = "" if self.kind == "fault" else "note: "
        return f"{self.file}:{self.line}: {mark}{self.message}"


@dataclass(frozen=True, slots=True)
class Faults:
    """The mistakes of one file, in the order in which they were met; about the first ``MOST_FAULTS``."""

    file: str
    found: list[LabelError] = field(default_factory=list)

    @property
    def are_enough(self) -> bool:
        """True where reading on is of no use: each mistake is looked for all over the text."""
        return len(self.found) >= MOST_FAULTS

    def add(self, line: int, message: str) -> None:
        """Record a mistake that makes the file unusable."""
        self.found.append(LabelError(self.file, line, message))

    def note(self, line: int, message: str) -> None:
        """Record something worth a look."""
        self.found.append(LabelError(self.file, line, message, "note"))


def _suggest(word: str, known: Iterable[str]) -> str:
    known = sorted(known)
    near = get_close_matches(word, known, n=1)
    return f"did you mean {near[0]}?" if near else "known: " + ", ".join(known)


@dataclass(frozen=True, slots=True)
class LabelText:
    """A scalar as written, with its line."""

    value: str
    line: int


class LabelTable:
    """A mapping with a closed set of keys."""

    def __init__(self, node: yaml.MappingNode, known: Sequence[str], faults: Faults) -> None:
        self.line = node.start_mark.line + 1
        self._faults = faults
        self._entries: dict[str, yaml.Node] = {}
        for key, value in node.value:
            if faults.are_enough:
                return
            name, line = str(key.value), key.start_mark.line + 1
            if name not in known:
                faults.add(line, f"unknown key “{name}”; {_suggest(name, known)}")
            elif name in self._entries:
                faults.add(line, f"the key “{name}” stands here twice")
            else:
                self._entries[name] = value

    def line_of(self, key: str) -> int:
        """Return the line of a key's value, or the table's own."""
        return self._entries[key].start_mark.line + 1 if key in self._entries else self.line

    def text(self, key: str) -> LabelText | None:
        """Return a scalar; ``None`` where it is left out or null."""
        node = self._entries.get(key)
        return None if node is None else scalar(node, self._faults, f"“{key}”")

    def required(self, key: str) -> LabelText | None:
        """Return a scalar whose absence is a mistake."""
        found = self.text(key)
        if found is None and not isinstance(self._entries.get(key), yaml.CollectionNode):
            self._faults.add(self.line_of(key), f"“{key}” is missing")
        return found

    def choice(self, key: str, known: Iterable[str], *, required: bool) -> str | None:
        """Return a scalar out of a closed vocabulary."""
        found = self.required(key) if required else self.text(key)
        return None if found is None else choice(found, known, self._faults, f"“{key}”")

    def texts(self, key: str) -> list[LabelText]:
        """Return a list of scalars."""
        nodes = takewhile(lambda _: not self._faults.are_enough, self.nodes(key))
        found = (scalar(node, self._faults, f"an entry of “{key}”") for node in nodes)
        return [text for text in found if text is not None]

    def rows(self, key: str, names: Sequence[str], least: int) -> Iterator[tuple[int, list[str]]]:
        """Yield a list of ``a | b | c`` lines as (line, cells), padded with empty cells to the full width."""
        for entry in takewhile(lambda _: not self._faults.are_enough, self.texts(key)):
            cells = [cell.strip() for cell in entry.value.split("|", len(names) - 1)]
            if len(cells) < least:
                shape = " | ".join(names)
                self._faults.add(entry.line, f"“{entry.value}” has {len(cells)} of at least {least} parts: {shape}")
            else:
                yield entry.line, cells + [""] * (len(names) - len(cells))

    def tables(self, key: str, known: Sequence[str]) -> Iterator[LabelTable]:
        """Yield a list of mappings."""
        for node in takewhile(lambda _: not self._faults.are_enough, self.nodes(key)):
            if isinstance(node, yaml.MappingNode):
                yield LabelTable(node, known, self._faults)
            else:
                self._faults.add(node.start_mark.line + 1, f"an entry of “{key}” must be a table of keys and values")

    def table(self, key: str, known: Sequence[str]) -> LabelTable | None:
        """Return a mapping inside this one."""
        node = self._entries.get(key)
        if isinstance(node, yaml.MappingNode):
            return LabelTable(node, known, self._faults)
        if node is not None and not _is_null(node):
            self._faults.add(node.start_mark.line + 1, f"“{key}” must be a table of keys and values")
        return None

    def nodes(self, key: str) -> list[yaml.Node]:
        """Return a list's raw entries."""
        node = self._entries.get(key)
        if isinstance(node, yaml.SequenceNode):
            return list(node.value)
        if node is not None and not _is_null(node):
            self._faults.add(node.start_mark.line + 1, f"“{key}” must be a list")
        return []


def _is_null(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and not node.style and node.value in _NULLS


def scalar(node: yaml.Node, faults: Faults, what: str) -> LabelText | None:
    """Return a scalar node's text, ``None`` for a null; anything else is a mistake."""
    line = node.start_mark.line + 1
    if not isinstance(node, yaml.ScalarNode):
        faults.add(line, f"{what} must be one text; quote it with single quotes where it holds “: ”, “[” or “{{”")
        return None
    return None if _is_null(node) else LabelText(node.value, line)


def choice(found: LabelText, known: Iterable[str], faults: Faults, what: str) -> str | None:
    """Return a word of a closed vocabulary; an unknown one is a mistake."""
    known = list(known)
    if found.value in known:
        return found.value
    faults.add(found.line, f"{what} cannot be “{found.value}”; {_suggest(found.value, known)}")
    return None


def compose(source: str, known: Sequence[str], faults: Faults) -> LabelTable | None:
    """Parse a YAML document whose root is a table; what YAML itself rejects is a mistake with its line."""
    try:
        root = yaml.compose(source, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        faults.add(mark.line + 1 if mark else 1, f"not readable as YAML: {error.problem or error.context}")
        return None
    except yaml.YAMLError as error:
        faults.add(1, f"not readable as YAML: {' '.join(str(error).split())}")
        return None
    if not isinstance(root, yaml.MappingNode):
        faults.add(1, "a label file is a table that starts with “notice:”")
        return None
    return LabelTable(root, known, faults)
