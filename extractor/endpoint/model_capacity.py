"""The abilities that a model was seen to have, kept for the next run in a small file; no key and no text is in it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from extractor.disk.whole import write_file
from extractor.endpoint.jsonl import count_of, mapping
from extractor.endpoint.settings import EndpointSettings

RUNGS = (1, 400, 800, 1400, 2800, 5500)
"""The sizes of packs, in estimated tokens of pieces, smallest first; 1 is one piece at a time.

They are few so that a later run finds the packs that an earlier one asked about, whose answers are kept.
"""
FILE_NAME = "capacities.json"
_FIRST_LOCAL = 800  # a model of one's own machine begins with it: most of them are small, and their prefix is cached
_MOST_COUNTED = 24  # answers at a rung; then the older ones count half
_ENOUGH = 3  # right answers at a rung before a larger one is tried
_LONG_ENOUGH = 20  # right answers before a rung is tried again that was too much
_LARGEST_FILE = 2**20  # bytes
_MOST_MODELS = 200


@dataclass(frozen=True)
class ModelCapacity:
    """The abilities that a model was seen to have. What is None is unknown.

    ``most`` is the rung that it is asked at, ``right`` and ``wrong`` count its answers by rung. ``at_once`` is how many
    calls run side by side; ``caches_prefix`` whether the beginning of prompts is read once. ``first_token`` is seconds,
    ``read`` and ``written`` are tokens a second in and out. ``takes_pack_schema`` is whether a call may have a schema
    of its own. ``unsayable`` are the fields that it was seen not to be able to say.
    """

    most: int = RUNGS[-1]
    right: Mapping[int, int] = field(default_factory=dict)
    wrong: Mapping[int, int] = field(default_factory=dict)
    at_once: int | None = None
    caches_prefix: bool | None = None
    first_token: float | None = None
    read: float | None = None
    written: float | None = None
    takes_pack_schema: bool | None = None
    unsayable: tuple[str, ...] = ()

    def answered(self, tokens: int, *, right: bool) -> ModelCapacity:
        """Return what follows from an answer to a pack of so many tokens: the same rung, a smaller or a larger one."""
        rung = rung_of(tokens)
        counts = {True: dict(self.right), False: dict(self.wrong)}
        if sum(count.get(rung, 0) for count in counts.values()) >= _MOST_COUNTED:
            for count in counts.values():
                count[rung] = count.get(rung, 0) // 2
        counts[right][rung] = counts[right].get(rung, 0) + 1
        now = replace(self, right=counts[True], wrong=counts[False])
        fitting = now._fitting()
        if fitting < self.most:  # what was right at the lower rung before did not help; it is counted anew
            now = replace(now, right=dict(now.right) | {fitting: 0})
        return replace(now, most=fitting)

    def _fitting(self) -> int:
        """Return the rung that fits: one lower where most answers are wrong, one higher where nearly all are right."""
        at = RUNGS.index(self.most)
        if self._fails(self.most):
            return RUNGS[max(at - 1, 0)]
        right, wrong = self.right.get(self.most, 0), self.wrong.get(self.most, 0)
        above = RUNGS[min(at + 1, len(RUNGS) - 1)]
        enough = _LONG_ENOUGH if self._fails(above) else _ENOUGH
        return above if right >= max(enough, 4 * wrong) else self.most

    def _fails(self, rung: int) -> bool:
        return self.wrong.get(rung, 0) > self.right.get(rung, 0)


def rung_of(tokens: int) -> int:
    """Return the rung of a pack by the tokens of its lines, marks and headings included.

    >>> rung_of(40), rung_of(840), rung_of(6000), rung_of(90_000)
    (400, 800, 5500, 5500)
    """
    return next((rung for rung in RUNGS[1:] if tokens <= 1.15 * rung), RUNGS[-1])


def unknown(settings: EndpointSettings) -> ModelCapacity:
    """Return what is taken for granted of a model that nobody has asked yet."""
    return ModelCapacity(most=_FIRST_LOCAL if settings.is_local else RUNGS[-1])


def tried(settings: EndpointSettings, right: Sequence[int], wrong: int | None) -> ModelCapacity:
    """Return a capacity by trials: the rungs that were answered ``right``, and the first that was not, if any."""
    most = max(right, default=RUNGS[0])
    if wrong is None and not settings.is_local:
        most = RUNGS[-1]
    return ModelCapacity(most, dict.fromkeys(right, 1), {} if wrong is None else {wrong: 1})


def kept_capacity(folder: Path, settings: EndpointSettings) -> ModelCapacity:
    """Return what the file in ``folder`` holds of a model; where it holds nothing sound, what is taken for granted."""
    return _capacity(mapping(_document(folder / FILE_NAME).get(_name(settings)))) or unknown(settings)


def keep_capacity(folder: Path, settings: EndpointSettings, capacity: ModelCapacity) -> None:
    """Write what was seen of a model into the file in ``folder``; where that cannot be, it is forgotten."""
    path = folder / FILE_NAME
    held = _document(path)
    held.pop(_name(settings), None)
    held = dict(list(held.items())[1 - _MOST_MODELS :]) | {_name(settings): asdict(capacity)}
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_file(path, [json.dumps(held, ensure_ascii=False, indent=1).encode()], durable=False)
    except OSError:
        return  # the next run finds it out again


def default_folder() -> Path:
    """Return this program's place among the user's caches."""
    from platformdirs import user_cache_path

    return user_cache_path("notice-extractor", appauthor=False)


def _name(settings: EndpointSettings) -> str:
    return f"{settings.model} at {settings.address}"


def _document(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _LARGEST_FILE:
            return {}
        document = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _capacity(held: Mapping[str, Any]) -> ModelCapacity | None:
    """Return a capacity as the file holds it; None where it holds none, or another program's."""
    if held.get("most") not in RUNGS:
        return None
    return ModelCapacity(
        most=int(held["most"]),
        right=_counts(held.get("right")),
        wrong=_counts(held.get("wrong")),
        at_once=count_of(held, "at_once") or None,
        caches_prefix=_truth(held.get("caches_prefix")),
        first_token=_rate(held.get("first_token")),
        read=_rate(held.get("read")),
        written=_rate(held.get("written")),
        takes_pack_schema=_truth(held.get("takes_pack_schema")),
        unsayable=_names(held.get("unsayable")),
    )


def _counts(said: object) -> dict[int, int]:
    held = mapping(said)
    return {rung: min(count_of(held, str(rung)), _MOST_COUNTED) for rung in RUNGS if str(rung) in held}


def _names(said: object) -> tuple[str, ...]:
    return tuple(sorted({each for each in said if isinstance(each, str)})) if isinstance(said, list) else ()


def _truth(said: object) -> bool | None:
    return said if isinstance(said, bool) else None


def _rate(said: object) -> float | None:
    return float(said) if isinstance(said, int | float) and not isinstance(said, bool) and 0 < said < 1e9 else None
