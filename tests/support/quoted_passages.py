"""Passages that two texts share."""

from __future__ import annotations

import re

PASSAGE = 12
"""Chinese characters in a row that two texts on different bodies share only where one was copied."""


def shared_passages(text: str, other: str) -> list[str]:
    """Return the runs of ``PASSAGE`` Chinese characters of ``text`` that ``other`` holds as well, punctuation aside."""
    squeezed = "".join(re.findall(r"[\u4e00-\u9fff]", other))
    own = "".join(re.findall(r"[\u4e00-\u9fff]", text))
    return [own[i : i + PASSAGE] for i in range(len(own) - PASSAGE + 1) if own[i : i + PASSAGE] in squeezed]
