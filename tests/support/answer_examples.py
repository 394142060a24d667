"""Keys, records and lines of batches, for tests of the answer cache."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from extractor.endpoint.answer_records import AnswerRecord, read_record


def key(name: object) -> str:
    """A key, another for each name."""
    return hashlib.sha256(str(name).encode()).hexdigest()


def record(content: str = '{"issues":[1]}', **changes: Any) -> AnswerRecord:
    """A record as the client keeps it."""
    return read_record(
        {
            "task": "labels",
            "model": "some/model-7b",
            "mode": "json",
            "prompt_version": "labels.1",
            "content": content,
            "usage": {"prompt": 1500, "cached": 1024, "completion": 12, "known": True},
            "finish_reason": "stop",
            **changes,
        }
    )


def completion(content: str | None = '{"issues":[1]}', finish_reason: str | None = "stop", **message: Any) -> Any:
    """The body of a chat completion."""
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "some/model-7b-2025",
        "choices": [
            {
                "index": 0,
                "finish_reason": finish_reason,
                "message": {"role": "assistant", "content": content, **message},
            }
        ],
        "usage": {
            "prompt_tokens": 1500,
            "completion_tokens": 12,
            "total_tokens": 1512,
            "prompt_tokens_details": {"cached_tokens": 1024},
        },
    }


def answer_line(custom_id: object, body: Any = None, status: int = 200, error: Any = None) -> str:
    """A line of a batch's answers file."""
    response = None if error else {"status_code": status, "request_id": "r", "body": body or completion()}
    return json.dumps({"id": "batch_req_1", "custom_id": custom_id, "response": response, "error": error})
