"""The checker of ``try_grammars.py``, run by the Python of an environment that has the libraries; it needs no other.

It reads schemas and answers from standard input and writes, for each library that is there, its version and how each
answer fared.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

Holds = Callable[[str], bool]
"""Returns whether an answer, token by token, is allowed and can end where it ends."""


def with_xgrammar(schema: str) -> Holds:
    import xgrammar  # type: ignore[import-not-found]

    vocabulary = [bytes([byte]) for byte in range(256)] + [b"</s>"]
    known = xgrammar.TokenizerInfo(vocabulary, vocab_type=xgrammar.VocabType.RAW, stop_token_ids=[256])
    compiler = xgrammar.GrammarCompiler(known)
    compiled = compiler.compile_json_schema(schema, any_whitespace=False, separators=(",", ":"))

    def holds(answer: str) -> bool:
        matcher = xgrammar.GrammarMatcher(compiled)
        return bool(all(matcher.accept_token(byte) for byte in answer.encode()) and matcher.accept_token(256))

    return holds


def with_llguidance(schema: str) -> Holds:
    from llguidance import LLMatcher, LLTokenizer  # type: ignore[import-not-found]

    tokenizer = LLTokenizer("byte")
    grammar = LLMatcher.grammar_from_json_schema(schema, {"whitespace_flexible": False})

    def matcher() -> Any:
        made = LLMatcher(tokenizer, grammar)
        if made.is_error():
            raise ValueError(made.get_error())
        return made

    matcher()  # compiled once, as a call would

    def holds(answer: str) -> bool:
        made, tokens = matcher(), list(answer.encode())
        return bool(made.try_consume_tokens(tokens) == len(tokens) and made.is_accepting())

    return holds


def with_outlines(schema: str) -> Holds:
    from outlines_core.json_schema import build_regex_from_schema  # type: ignore[import-not-found]

    pattern = re.compile(build_regex_from_schema(schema, whitespace_pattern="[ ]?"))
    return lambda answer: pattern.fullmatch(answer) is not None


LIBRARIES: Mapping[str, Callable[[str], Holds]] = {
    "xgrammar": with_xgrammar,
    "llguidance": with_llguidance,
    "outlines_core": with_outlines,
}


def tried(build: Callable[[str], Holds], case: Mapping[str, Any]) -> dict[str, Any]:
    """Return how a library fared with one schema: seconds to compile, answers wrongly refused and wrongly taken."""
    begun = time.perf_counter()
    try:
        holds = build(case["schema"])
        seconds = time.perf_counter() - begun
        refused = [name for name, answer in case["valid"].items() if not holds(answer)]
        taken = [name for name, answer in case["invalid"].items() if holds(answer)]
    except Exception as error:  # whatever a library raises, it is told
        return {"error": f"{type(error).__name__}: {str(error)[:200]}"}
    return {"seconds": seconds, "refused": refused, "taken": taken}


def main() -> None:
    """Try each library on each case and write JSON."""
    cases: list[dict[str, Any]] = json.load(sys.stdin)
    found: dict[str, Any] = {}
    for name, build in LIBRARIES.items():
        try:
            number = version(name)
        except PackageNotFoundError:
            continue
        tried(build, {"schema": "{}", "valid": {}, "invalid": {}})  # its imports are no part of the time
        found[name] = {"version": number, "cases": {case["name"]: tried(build, case) for case in cases}}
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
