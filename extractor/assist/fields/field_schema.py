"""The schema of the answer to one fields pack: bounded words, and totals by the pack's figures."""

from __future__ import annotations

from collections.abc import Collection

from extractor.assist.fields.field_answer import FieldsAnswer
from extractor.assist.fields.field_mending import DATE_FIELDS
from extractor.assist.fields.field_pack import FieldsPack
from extractor.assist.packs.schema_parts import Schema, form, one_of, some_of, words
from extractor.record.enumerations import VOCABULARIES

_LONGEST = 100
"""The longest words of a field, in code points: no longer ones are looked up."""
_DATE = {"type": "string", "pattern": "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"}


def fields_schema(pack: FieldsPack, withheld: Collection[str] = ()) -> Schema:
    """Return the schema of an answer to ``pack``; the keys ``withheld`` are not asked for."""
    properties: dict[str, Schema] = {}
    for name in FieldsAnswer.model_fields:
        if name == "kind":
            properties[name] = one_of(list(VOCABULARIES["inspection_kind"]))
        elif name != "totals":
            properties[name] = _DATE if name in DATE_FIELDS else words(_LONGEST)
    if pack.figures:
        figures = one_of([figure.number for figure in pack.figures])
        total = form({"q": figures, "n": one_of(list(VOCABULARIES["total_name"]))}, ["q", "n"])
        properties["totals"] = some_of(total, len(pack.figures))
    return form({key: schema for key, schema in properties.items() if key not in withheld})
