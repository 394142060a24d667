"""Files of measured trust, one a model: in the user's folder of settings, or shipped with the program.

A file has the counts of a calibration (``python -m extractor eval calibrate``); who is believed follows from them each
time it is read. No file holds an address or a key.
"""

from __future__ import annotations

import json
import math
import re
import shlex
import tomllib
from collections.abc import Iterator, Mapping
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import NamedTuple

from extractor.assist.proposals.trust_counts import Dispute, FieldCounts, Share, trust_table
from extractor.assist.proposals.witnesses import QUESTIONS, TrustTable, unmeasured, witness_rows
from extractor.endpoint.setting_profiles import user_folder
from extractor.errors import InputError

HOW = "python -m extractor eval calibrate --gold gold"
"""The command that measures a model; the endpoint's options follow."""
_BY: Mapping[str, str] = {
    "measured": "by the table measured by you",
    "shipped": "by the table shipped with the program",
    "eager": "by the table of this call",
}
_FORM = 1
_MOST_BYTES = 1_000_000
_LONGEST_NAME = 60  # code points of a model's name that its file repeats


class MeasuredTrust(NamedTuple):
    """The findings of a calibration: the model, the counts by field, and what it was measured with.

    ``notices`` are the ids of the gold notices, ``prompts`` is the edition of the prompts.
    """

    model: str
    counts: Mapping[str, FieldCounts]
    notices: tuple[str, ...]
    prompts: str


def file_name(model: str) -> str:
    """Return the name of a model's file: what is safe of the model's name, and a hash that keeps names apart."""
    words = re.sub(r"[^A-Za-z0-9._-]+", "_", model)[:_LONGEST_NAME].strip("._-")
    return f"{words or 'model'}-{sha256(model.encode(errors='surrogatepass')).hexdigest()[:8]}.toml"


def user_tables() -> Path:
    """Return the user's folder of tables; it need not exist."""
    return user_folder() / "trust"


def table_of(model: str | None) -> TrustTable:
    """Return the table for a model: the user's own, else the shipped one, else that for unmeasured models.

    Raises:
        InputError: the user's table cannot be read.
    """
    if model is None:
        return unmeasured()
    own = user_tables() / file_name(model)
    if own.is_file():
        found = read_calibration(own, str(own))
        return trust_table(model, found.counts)
    shipped = files("extractor.data").joinpath("trust", file_name(model))
    if shipped.is_file():
        return trust_table(model, read_calibration(shipped, shipped.name).counts, "shipped")
    return unmeasured()


def told(table: TrustTable, model: str | None) -> str:
    """Return in words which table decides between the rules and a model, and how to measure an unmeasured one."""
    if table.origin == "unmeasured":
        named = f" --model {shlex.quote(model)}" if model else ""
        of = f"trust in {model} was not measured" if model else "trust in the model was not measured"
        return f"{of}, so it adds and doubts but overrules nothing: {HOW}{named}"
    return f"{_BY.get(table.origin, _BY['eager'])} {model} decides {len(table.decided)} of {len(table.rows)} fields"


def read_calibration(path: Traversable, name: str) -> MeasuredTrust:
    """Read a table's file, which errors call ``name``.

    Raises:
        InputError: it is no table, or of another program's version.
    """
    try:
        with path.open("rb") as file:
            return _parsed(tomllib.loads(file.read(_MOST_BYTES).decode()))
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise InputError(f"{name}: no table of measured trust ({error}); measure the model again: {HOW}") from error


def as_toml(found: MeasuredTrust) -> str:
    """Return a calibration as its file: counts, with shares and 95% intervals beside them for people."""
    return "\n".join([*_head(found), *(line for field in witness_rows() for line in _lines(field, found))]) + "\n"


def _head(found: MeasuredTrust) -> Iterator[str]:
    yield f"# How far a model can be trusted beside the rules, field by field; written by {HOW}"
    yield "# [values counted, of these right]; each line ends with the share and its 95% interval."
    yield f"form = {_FORM}"
    yield f"model = {_quoted(found.model)}"
    yield f"notices = [{', '.join(map(_quoted, found.notices))}]"
    yield f"prompts = {_quoted(found.prompts)}"


def _lines(field: str, found: MeasuredTrust) -> Iterator[str]:
    counts = found.counts.get(field)
    if counts is None:
        return
    yield f"\n[fields.{_quoted(field)}]"
    yield _line("both", counts.both)
    for question in QUESTIONS:
        dispute = counts.against(question)
        if dispute.won.size or dispute.model.size:
            yield from (_line(f"{question}.{name}", getattr(dispute, name)) for name in Dispute._fields)


def _line(name: str, share: Share) -> str:
    low, high = share.interval
    ratio = "-" if share.ratio is None else f"{share.ratio:.2f}"
    size, right = (round(count, 3) for count in share)
    return f"{name} = [{size:.12g}, {right:.12g}]  # {ratio} ({low:.2f} to {high:.2f})"


def _parsed(content: Mapping[str, object]) -> MeasuredTrust:
    if content.get("form") != _FORM:
        raise ValueError(f"form is not {_FORM}")
    model, notices, prompts, fields = (content[name] for name in ("model", "notices", "prompts", "fields"))
    if not (isinstance(model, str) and isinstance(prompts, str) and isinstance(notices, list)):
        raise TypeError("model, notices or prompts are of another kind")
    if not isinstance(fields, dict):
        raise TypeError("fields is no table")
    known = {name: _counts(row) for name, row in fields.items() if name in witness_rows()}
    return MeasuredTrust(model, known, tuple(map(str, notices)), prompts)


def _counts(row: Mapping[str, object]) -> FieldCounts:
    return FieldCounts(_share(row.get("both", [0, 0])), *(_dispute(row.get(question, {})) for question in QUESTIONS))


def _dispute(row: object) -> Dispute:
    if not isinstance(row, dict):
        raise TypeError("a question is no table")
    return Dispute(*(_share(row.get(name, [0, 0])) for name in Dispute._fields))


def _share(pair: object) -> Share:
    if not (isinstance(pair, list) and len(pair) == 2):
        raise TypeError("a count is no pair of numbers")
    size, right = pair
    if not all(isinstance(count, int | float) and math.isfinite(count) for count in pair) or not 0 <= right <= size:
        raise ValueError(f"of {size} values {right} cannot be right")
    return Share(float(size), float(right))


def _quoted(words: str) -> str:
    """Return a string of TOML; half characters, which no file can hold, are replaced."""
    whole = words.encode(errors="replace").decode()
    return json.dumps(whole, ensure_ascii=True).replace("\x7f", "\\u007f")
