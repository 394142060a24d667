"""A record's line of JSON with its place among others: rewritten at its head alone where nothing else changes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from extractor.collection.kinship import Kinship, with_kinship
from extractor.record.checks import Doubt, Lang, said
from extractor.record.contract import Check, Notice

_STRING = rb'"(?:[^"\\]|\\.)*"'
_HEAD = re.compile(
    rb'(\{"contract_version":%s,"notice_id":%s,"text_sha256":%s)'
    rb'(?:,"duplicate_of":(?:null|%s),"series":(?:null|%s),"edition":(?:null|%s))?,' % ((_STRING,) * 6)
)
_AS_PYDANTIC: Mapping[str, Any] = {"ensure_ascii": False, "separators": (",", ":")}
_quoted = json.JSONEncoder(ensure_ascii=False).encode
CODES = frozenset(("duplicate", "maybe_duplicate"))
"""The checks that tell of a notice's place among others."""


def placed_line(line: bytes, kinship: Kinship, lang: Lang) -> bytes:
    """Return the line of a record as a program of this contract writes it, with its place among others."""
    checks = kinship_checks(kinship, lang)
    if checks or b'"code":"duplicate"' in line or b'"code":"maybe_duplicate"' in line:
        return _rewritten(line, kinship, checks)
    named = (kinship.duplicate_of, kinship.series, kinship.edition)
    words = [_quoted(value).encode() for value in named]
    placed, found = _HEAD.subn(
        lambda head: b'%s,"duplicate_of":%s,"series":%s,"edition":%s,' % (head[1], *words), line, count=1
    )
    return placed if found else _rewritten(line, kinship, checks)


def kinship_checks(kinship: Kinship, lang: Lang) -> list[Check]:
    """Return the checks that tell of a notice's place among others."""
    checks = []
    if kinship.duplicate_of is not None:
        checks.append(said(Doubt("duplicate", "", {"other": kinship.duplicate_of}), lang))
    if kinship.may_be is not None:
        checks.append(said(Doubt("maybe_duplicate", "", {"other": kinship.may_be}), lang))
    return checks


def placed(notice: Notice, kinship: Kinship, lang: Lang) -> Notice:
    """Return a record with its place among others, and the checks that tell of it."""
    kept = [check for check in notice.checks if check.code not in CODES]
    told = [*kept, *kinship_checks(kinship, lang)]
    return with_kinship(notice, kinship).model_copy(update={"checks": told})


def _rewritten(line: bytes, kinship: Kinship, checks: list[Check]) -> bytes:
    ending = line[len(line.rstrip(b"\n")) :]
    record = json.loads(line)
    kept = [check for check in record.get("checks", []) if check["code"] not in CODES]
    record["checks"] = [*kept, *(check.model_dump() for check in checks)]
    named = {"duplicate_of": kinship.duplicate_of, "series": kinship.series, "edition": kinship.edition}
    first = {name: record.pop(name) for name in ("contract_version", "notice_id", "text_sha256") if name in record}
    told = json.dumps({**first, **named, **{k: v for k, v in record.items() if k not in named}}, **_AS_PYDANTIC)
    return told.encode("utf-8", "surrogatepass") + ending
