"""``python -m extractor schema``: the output contract for machines."""

from __future__ import annotations

import typer


def schema() -> None:
    """Print the JSON Schema of a line of notices.jsonl."""
    import json

    from extractor.contract import Notice

    # As written, not as read: all fields are always there.
    content = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Notice.model_json_schema(mode="serialization")}
    typer.echo(json.dumps(content, ensure_ascii=False, indent=2))
