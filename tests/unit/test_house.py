"""The order of the house: which room may import which, what is named once, and that every room says what it is for."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest
from checkout import ROOT

EVALUATION = "notice_extractor_eval"
SOURCES = {"extractor": ROOT, EVALUATION: ROOT / "eval"}
"""The packages, and the folder that each is in."""

FLOORS = (
    ("errors", "version", "data"),
    ("terminal", "messages", "strict", "disk", "text"),
    ("logs", "record", "files", "endpoint"),
    ("collection",),
    ("notice", "tables", "labels", "omissions", "recognition", "processes"),
    ("assist", "local_model"),
    ("model_source", "pipeline", "trust_tables"),
    ("readers",),
    ("library",),
    ("runs",),
    ("exports",),
    ("cluster",),
    ("pages",),
    ("review",),
    ("service",),
    ("commands",),
    ("cli",),
    ("__main__",),
    (EVALUATION,),
)
"""The rooms from the lowest floor up: a room imports from lower floors only, so not from others on its own."""

STRANGERS = ("notice", "endpoint", "files")
"""What knows notices, what knows endpoints and what knows files: these do not know each other."""

TOUCHES_THE_WORLD = frozenset(
    {
        *("http", "io", "os", "pathlib", "requests", "shutil", "socket", "sqlite3", "ssl", "subprocess", "tempfile"),
        *("asyncio", "httpx2", "openai", "urllib", "multiprocessing", "threading"),
    }
)
"""Modules by which a room could open a file, a socket or a process."""


class Module(NamedTuple):
    """A module of ours: its dotted name, its file, and what it imports of our own modules."""

    name: str
    path: Path
    tree: ast.Module

    @property
    def is_package(self) -> bool:
        return self.path.name == "__init__.py"

    @property
    def room(self) -> str:
        """The room: ``files`` for ``extractor.files.word.docx_file``; the evaluation is one."""
        first, *rest = self.name.split(".")
        return rest[0] if first == "extractor" and rest else first

    @property
    def package(self) -> str:
        """The package that the module is in; those of the top, which joins the rooms, count one by one."""
        parent = self.name.rpartition(".")[0]
        return self.name if self.is_package or parent == "extractor" else parent


@cache
def modules() -> Mapping[str, Module]:
    found = {}
    for package, base in SOURCES.items():
        for path in sorted((base / package).rglob("*.py")):
            parts = path.relative_to(base).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found[name] = Module(name, path, ast.parse(path.read_text(encoding="utf-8")))
    return found


def imported(module: Module) -> set[str]:
    """Return the names of modules that a module imports anywhere in it, for types alone, too."""
    names = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module.name}: a relative import"
            names.add(node.module or "")
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
    return names


def arrows() -> Iterator[tuple[Module, Module]]:
    for module in modules().values():
        for name in sorted(imported(module)):
            target = modules().get(name)
            # "from extractor.files import ingest" names a package and its module: the module is meant
            if target is not None and target.name != module.name and not is_only_a_way(name, module):
                yield module, target


def is_only_a_way(name: str, module: Module) -> bool:
    return any(other.startswith(f"{name}.") and other in modules() for other in imported(module))


def repeated(named: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    places = defaultdict(list)
    for name, place in named:
        places[name].append(place)
    return {name: found for name, found in places.items() if len(found) > 1}


def test_no_package_is_in_a_circle() -> None:
    graph: defaultdict[str, set[str]] = defaultdict(set)
    for module, target in arrows():
        if module.package != target.package:
            graph[module.package].add(target.package)
    try:
        tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail(f"a circle: {' → '.join(error.args[1])}")


def test_no_arrow_points_up() -> None:
    floor = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
    upward = [
        f"{module.name} → {target.name}"
        for module, target in arrows()
        if module.room not in (target.room, "extractor") and floor[target.room] >= floor[module.room]
    ]
    assert upward == []


def test_the_floors_are_the_rooms() -> None:
    rooms = {module.room for module in modules().values()} - {"extractor"}
    assert sorted(room for floor in FLOORS for room in floor) == sorted(rooms)


def test_the_extractor_does_not_know_its_evaluation() -> None:
    knowing = {module.name for module, target in arrows() if target.room == EVALUATION and module.room != EVALUATION}
    assert knowing == set()


def test_notices_endpoints_and_files_do_not_know_each_other() -> None:
    known = {
        f"{module.name} → {target.name}"
        for module, target in arrows()
        if module.room in STRANGERS and target.room in STRANGERS and module.room != target.room
    }
    assert known == set()


@pytest.mark.parametrize("room", ["notice", "text", "record", "tables", "collection"])
def test_a_room_of_text_opens_nothing(room: str) -> None:
    """No file, socket or process is opened where notices are read."""
    opening = []
    for module in modules().values():
        if module.room != room:
            continue
        opening += [f"{module.name}: {name}" for name in imported(module) if name.split(".")[0] in TOUCHES_THE_WORLD]
        opening += [
            f"{module.name}:{node.lineno}: open"
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "open"
        ]
    assert opening == []


def test_each_module_has_a_name_of_its_own() -> None:
    named = ((module.path.stem, module.name) for module in modules().values() if not module.path.stem.startswith("__"))
    assert repeated(named) == {}


def test_each_public_class_has_a_name_of_its_own() -> None:
    named = (
        (node.name, module.name)
        for module in modules().values()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    assert repeated(named) == {}


def test_each_package_says_what_it_is_for() -> None:
    silent = [module.name for module in modules().values() if module.is_package and not ast.get_docstring(module.tree)]
    assert silent == []
