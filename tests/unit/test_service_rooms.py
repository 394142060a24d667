"""The rooms of the service: each imports only those before it; and the names that clients are generated from."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import get_args
from unittest.mock import MagicMock

import pytest
from checkout import ROOT

from extractor.files.sources.source import Source
from extractor.service.application import application
from extractor.service.work.worker_messages import ANY_REPLY, ORDER, Order, OrderKind

SERVICE = ROOT / "extractor" / "service"
ROOMS = ("http", "store", "intake", "work", "desk", "service")


def room(path: tuple[str, ...]) -> str:
    """Return the room of a module, by its path inside the service."""
    return path[0] if path and path[0] in ROOMS else "service"


def imported(file: Path) -> Iterator[tuple[str, ...]]:
    """Yield what a module imports of the service, by the paths inside it."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("extractor.service"):
            inside = tuple((node.module or "").split(".")[2:])
            yield from ((*inside, name.name) for name in node.names)
        elif isinstance(node, ast.Import):
            yield from (tuple(n.name.split(".")[2:]) for n in node.names if n.name.startswith("extractor.service"))


@pytest.mark.parametrize("file", sorted(SERVICE.rglob("*.py")), ids=lambda file: str(file.relative_to(SERVICE)))
def test_a_room_imports_only_those_before_it(file: Path) -> None:
    own = ROOMS.index(room(file.relative_to(SERVICE).parts))
    assert [".".join(path) for path in imported(file) if ROOMS.index(room(path)) > own] == []


def test_components_of_the_interface_keep_their_names() -> None:
    names = set(application(MagicMock()).openapi()["components"]["schemas"])
    assert {"Changes", "Health", "Job", "JobItem", "Made", "Notice", "NoticePage", "NoticeSummary", "Problem"} <= names
    assert not [name for name in names if "__" in name], "two models with one name are told apart by their modules"


@pytest.mark.parametrize("kind", get_args(OrderKind))
def test_an_order_arrives_as_it_was_sent(kind: OrderKind) -> None:
    order = Order(kind, "0a", Source("包.zip", ("通报.docx",)), "通报", "en", 3)
    assert ORDER.validate_json(ORDER.dump_json(order)) == order


@pytest.mark.parametrize(
    "reply",
    [
        '{"error":"a.txt: no"}',
        '{"left_out":[["struck",3,"已删除","page 2",true]]}',
        '{"offers":[[{"path":"a.zip","members":["b.txt"],"series":[]},"0a-0","00"],["c.doc","c.doc: no"]]}',
        '{"offers":null}',
    ],
)
def test_a_reply_arrives_as_it_was_sent(reply: str) -> None:
    assert ANY_REPLY.dump_json(ANY_REPLY.validate_json(reply)).decode() == reply
