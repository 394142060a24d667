"""``python -m extractor schema``: the output contract for machines."""

from __future__ import annotations

import typer


def schema() -> None:
    """Print the JSON Schema of a line of notices.jsonl."""
    import json

    from extractor.record.contract import Notice

    contract = Notice.model_json_schema(mode="serialization")  # as written, not as read: all fields are always there
    content = {"$schema": "https://json-schema.org/draft/2020-12/schema", **contract}
    typer.echo(json.dumps(content, ensure_ascii=False, indent=2))
