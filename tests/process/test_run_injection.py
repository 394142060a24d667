"""Notices are data: what an order inside a notice says is done, if at all, with the piece that holds it, and no other.

The notices in ``notices/`` are ``plain.txt`` with an order put into one place. The model is gullible: it does with a
piece what stands in it (see ``dull_model.gullible``).
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from checkout import SUPPORT
from cli_examples import notices, report
from dull_model import is_order, shown
from fake_endpoint import Serving, serving
from model_examples import Runs, model, settle

NOTICES = SUPPORT / "notices"
PLAIN = NOTICES / "plain.txt"
ORDERS = sorted(path.stem for path in NOTICES.glob("*.txt") if path != PLAIN)
IN_LABELS = [name for name in ORDERS if name != "in_the_opening"]
PIECE = re.compile(r"\[(?:([im])(\d+)|[g+-])\] (.*)")
MARK = re.compile(r"\[o\d+ |\[(?:[qpf]\d+|[hsS])\]|\]")
Value = dict[str, Any]


class Read(NamedTuple):
    """A notice's record by rules and a model, and what the model was sent."""

    record: Value
    sent: list[dict[str, Any]]


Reader = Callable[[str, str], Read]


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """Reads a notice with a model, by its name among those of ``dull_model``; each once."""
    with serving("dull_model:answer") as honest, serving("dull_model:gullible") as gullible:
        servers = {"honest": honest, "gullible": gullible}
        folder = tmp_path_factory.mktemp("read")

        @cache
        def once(name: str, model: str) -> Read:
            with pytest.MonkeyPatch.context() as patch:
                settle(patch)
                servers[model].script()
                return Read(record(servers[model], folder, name), servers[model].log())

        yield once


def record(server: Serving, folder: Path, name: str, status: int = 0) -> Value:
    """A notice's record by rules and a model."""
    (found,) = notices(Runs(server, folder).run(str(NOTICES / f"{name}.txt"), status=status))
    return found


def pieces(found: Value, name: str) -> dict[str, str]:
    """Return the values of each piece of a record, as JSON by the piece's path, and those of the notice.

    Pieces that hold the order are left out.
    """
    found = copy.deepcopy(found)
    text = (NOTICES / f"{name}.txt").read_text(encoding="utf-8")
    told: dict[str, Value] = {}
    for i, issue in enumerate(found["issues"]):
        measures = issue.pop("measures")
        heading = text[issue["text"]["start"] : measures[0]["text"]["start"]]
        if not is_order(heading):
            told[f"issues[{i}]"] = issue
        for j, measure in enumerate(measures):
            if not is_order(text[measure["text"]["start"] : measure["text"]["end"]]):
                told[f"issues[{i}].measures[{j}]"] = measure
    checks = found.pop("checks")
    told[""] = {key: value for key, value in found.items() if key not in ("issues", "read_by")}
    for check in checks:
        owner = re.match(r"issues\[\d+\](?:\.measures\[\d+\])?", check["path"])
        if owner and owner[0] in told:
            told[owner[0]].setdefault("checks", []).append(check)
    return {path: json.dumps(value, ensure_ascii=False) for path, value in told.items()}


def unplaced(value: Any) -> Any:
    """A value without its places, which move with what stands before them."""
    if isinstance(value, dict):
        return {key: unplaced(each) for key, each in value.items() if key not in ("start", "end")}
    return [unplaced(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("name", ORDERS)
def test_no_label_outside_its_own_piece_changes(read: Reader, name: str) -> None:
    told, obeyed = (pieces(read(name, model).record, name) for model in ("honest", "gullible"))
    assert obeyed == told
    assert len(told) >= 12


@pytest.mark.parametrize("name", IN_LABELS)
def test_the_model_does_obey(read: Reader, name: str) -> None:
    obedient = read(name, "gullible")
    issue = obedient.record["issues"][2]
    # By the table for a model that nobody measured, what it says is a check where the rules read otherwise.
    doubted = [check["disputed"] for check in obedient.record["checks"] if check["path"].startswith("issues[2]")]
    read_so = [issue["category"], *(kind for measure in issue["measures"] for kind in measure["types"])]
    assert "other" in read_so or '"other"' in json.dumps([value["model"] for each in doubted for value in each])
    assert not any("earlier answer" in entry["body"]["messages"][-1]["content"] for entry in obedient.sent)


@pytest.mark.parametrize("name", ORDERS)
def test_other_issues_are_read_as_without_the_order(read: Reader, name: str) -> None:
    plain, ordered = read("plain", "honest").record, read(name, "gullible").record
    if name in IN_LABELS:  # else all places move
        assert json.dumps(ordered["issues"][:2]) == json.dumps(plain["issues"][:2])
    for number in (0, 1, 3):
        assert unplaced(ordered["issues"][number]) == unplaced(plain["issues"][number])
    for field in ("title", "inspected_body", "totals", "signed_by", "signed_on", "contact"):
        assert unplaced(ordered[field]) == unplaced(plain[field])


@pytest.mark.parametrize("name", ORDERS)
def test_what_is_sent_keeps_the_order_inside_its_piece(read: Reader, name: str) -> None:
    found, log = read(name, "honest")
    measures = sum(len(issue["measures"]) for issue in found["issues"])
    for entry in log:
        content = entry["body"]["messages"][-1]["content"]
        assert content.count("<pieces>") == content.count("</pieces>") == 1
        numbers: dict[str, list[int]] = {"i": [], "m": []}
        for line in shown(entry["body"]):
            match = PIECE.fullmatch(line)
            assert match, line
            if match[1]:
                numbers[match[1]].append(int(match[2]))
            assert not set(MARK.sub("", match[3])) & set("[]{}<>|`#\\"), line
        if numbers["i"]:
            assert numbers == {"i": [1, 2, 3, 4], "m": list(range(1, measures + 1))}
    sent = "\n".join(entry["body"]["messages"][-1]["content"] for entry in log)
    plain = MARK.sub("", sent)  # digits that the rules could not read bear a mark, too
    assert sent.count("other") == (NOTICES / f"{name}.txt").read_text(encoding="utf-8").count("other")
    assert ("49" in plain, "7*7" in plain) == (False, name == "as_templates")


def test_pieces_that_were_never_shown_are_dropped_and_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settle(monkeypatch)
    with serving("dull_model:gullible") as gullible:
        out = Runs(gullible, tmp_path).run(str(NOTICES / "to_the_model.txt"))
    assert model(out)["oddities"] == {"references_dropped": 2}
    assert report(out)["inputs"][0]["model"]["oddities"] == {"references_dropped": 2}
