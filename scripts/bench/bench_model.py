"""What reading with a model takes: ours, a plain Instructor call, and LangExtract, side by side on the gold notices.

    python scripts/bench/bench_model.py                     # half an hour: answers come as slowly as a real model's
    python scripts/bench/bench_model.py --speed 20          # the endpoint twenty times as fast
    python scripts/bench/bench_model.py --only assisted model
    python scripts/bench/bench_model.py --overhead               # processor time a call

All ask the same scripted endpoint, a process of its own (``fake_endpoint.py``), whose model knows the gold labels
(``gold_answers.py``): nothing is misread, so what is missing is the method's loss. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(1, str(Path(__file__).resolve().parents[2] / "tests" / "support"))

from bench_model_items import KINDS, Counts, counted
from bench_model_overhead import overhead
from bench_model_readers import HOW_TO_INSTALL, Read, Reader, readers
from bench_model_spent import FIRST_TOKEN, PER_SECOND, Spent, spent
from fake_endpoint import Serving, serving
from gold_answers import examples
from notice_extractor_eval.evaluation import evaluate_notice
from notice_extractor_eval.gold_folder import Example

from extractor.endpoint.tokens import estimate_tokens
from extractor.record.grounding import ungrounded

MOST_OUT, MOST_IN, MOST_OUTSIDE, MOST_WALL, MOST_OVERHEAD = 0.35, 2.0, 1.2, 1.5, 1.5
SCORES = ("issues", "measures", "issues.category", "issues.status", "measures.types", "measures.heading",
          "measures.status", "measures.documents", "measures.quantities", "measures.quantities.subject",
          "measures.dates", "measures.organizations", "measures.accountability")  # fmt: skip
ALL = "all"
RULE = "0.55 a Chinese character, 1 a digit, 0.2 a letter, 1.2 a run of marks"


class Ran(NamedTuple):
    """What a reader took and made: by notice, ``wall`` in seconds for all of them at once, told as in life where the
    endpoint was ``speed`` times as fast."""

    read: Read
    spent: Mapping[str, Spent]
    wall: float
    speed: float


def main() -> None:
    """Run what is asked for and print tables."""
    known = [gold.notice_id for gold, _ in examples()]
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", nargs="+", choices=list(readers()), default=list(readers()), metavar="READER")
    parser.add_argument("--notices", nargs="+", choices=known, default=known, metavar="NOTICE")
    parser.add_argument(
        "--speed", type=float, default=1.0, help="how many times faster than life the endpoint answers; walls are told "
        "as in life, so that what this machine takes counts as many times"
    )  # fmt: skip
    parser.add_argument("--overhead", action="store_true", help="measure processor time a call instead")
    parser.add_argument("--calls", type=int, default=640, help="calls each way for --overhead")
    options = parser.parse_args()
    with serving("gold_answers:answer") as server:
        if options.overhead:
            print_overhead(server, options.calls)
            return
        notices = [example for example in examples() if example.gold.notice_id in options.notices]
        tokens = sum(estimate_tokens(text) for _, text in notices)
        print(f"{len(notices)} notices, {tokens:,} tokens; tokens are estimated alike for all: {RULE}")
        print(f"latency: {FIRST_TOKEN} s to the first token, then {PER_SECOND:g} tokens a second")
        if not any(name.startswith("langextract") for name in readers()):
            print(f"LangExtract is left out, it is not installed: {HOW_TO_INSTALL}")
        ran: dict[str, Ran] = {}
        for name in options.only:
            begun = time.perf_counter()
            ran[name] = run(server, readers()[name], notices, options.speed)
            print(f"  {name}: done in {time.perf_counter() - begun:.0f} s", file=sys.stderr, flush=True)
    print_spent(ran, notices)
    print_found(ran, notices)
    for name, one in ran.items():
        if one.read.records:
            print_ours(name, one, notices)


def run(server: Serving, reader: Reader, notices: Sequence[Example], speed: float) -> Ran:
    """Read once without delay, for what is asked and found, and once at the model's pace, for the time."""
    server.script()
    read = reader(server.base_url, examples())  # all of them: a call about one shares its beginning with the others'
    took = spent(server.log())
    server.script(first_token=FIRST_TOKEN / speed, per_second=PER_SECOND * speed)
    begun = time.perf_counter()
    reader(server.base_url, notices)
    return Ran(read, took, (time.perf_counter() - begun) * speed, speed)


def print_spent(ran: Mapping[str, Ran], notices: Sequence[Example]) -> None:
    """Print calls, tokens and times. What stands in brackets is for a token of notice."""
    print("\ntokens (a token of notice); shared: the beginning in common with another call, schema and instructions")
    names = f"{'notice':<26}{'reader':<24}{'calls':>6}"
    print(f"{names}{'in':>16}{'shared':>16}{'outside':>16}{'out':>16}{'wall s':>9}{'slowest s':>11}{'ratio':>7}")
    for notice, texts in _groups(notices):
        size = sum(map(estimate_tokens, texts.values()))
        for name, one in ran.items():
            took = sum((one.spent[each] for each in texts), Spent())
            cells = (took.sent, took.shared, took.sent - took.shared, took.written)
            line = f"{notice:<26}{name:<24}{took.calls:>6}" + "".join(
                f"{tokens:>9,} ({tokens / size:.2f})" for tokens in cells
            )
            wall = f"{one.wall:>9.1f}{took.slowest:>11.1f}{one.wall / took.slowest:>7.2f}"
            print(line + (wall if notice == ALL else f"{'':>9}{took.slowest:>11.1f}"))


def print_found(ran: Mapping[str, Ran], notices: Sequence[Example]) -> None:
    """Print which of gold's items were found, and which at gold's place."""
    print("\nitems found / exactly grounded / in gold")
    print(f"{'notice':<26}{'reader':<24}" + "".join(f"{kind + 's':>16}" for kind in KINDS))
    texts_of_all = {gold.notice_id: (gold, text) for gold, text in notices}
    for notice, texts in _groups(notices):
        for name, one in ran.items():
            each = [counted(*texts_of_all[held], one.read.found[held]) for held in texts]
            cells = []
            for kind in KINDS:
                total = Counts()
                for counts in each:
                    total = total.plus(counts[kind])
                cells.append(f"{total.found}/{total.grounded}/{total.gold}")
            print(f"{notice:<26}{name:<24}" + "".join(f"{cell:>16}" for cell in cells))


def print_ours(name: str, one: Ran, notices: Sequence[Example]) -> None:
    """Print what is aimed at and what was reached; of the notices the worst counts."""
    print(f"\n{name}: aims, in the worst notice")
    shares = [(one.spent[gold.notice_id], estimate_tokens(text)) for gold, text in notices]
    slowest = max(took.slowest for took, _ in shares)
    invented = sum(len(ungrounded(one.read.records[gold.notice_id], text)) for gold, text in notices)
    _print_aim("tokens out, a token of notice", max(took.written / size for took, size in shares), MOST_OUT)
    _print_aim("tokens in", max(took.sent / size for took, size in shares), MOST_IN)
    outside = max((took.sent - took.shared) / size for took, size in shares)
    _print_aim("tokens in outside of what is shared", outside, MOST_OUTSIDE)
    if one.speed == 1:  # else the wall holds this machine's own time many times
        _print_aim("wall, by the slowest single call", one.wall / slowest, MOST_WALL)
    _print_aim("values that the text does not hold", invented, 0)
    scores = [evaluate_notice(gold, one.read.records[gold.notice_id], text).scores() for gold, text in notices]
    worst = {field: min(each[field].f1 for each in scores) for field in SCORES}
    print("  F1: " + ", ".join(f"{field} {f1:.3f}" for field, f1 in worst.items()))


def print_overhead(server: Serving, calls: int) -> None:
    """Print processor time a call, ours and the bare client's."""
    found = overhead(server.base_url, calls)
    print(f"processor time a call, {found.calls} calls: ours {found.ours:.2f} ms, bare client {found.bare:.2f} ms")
    _print_aim("ratio", found.ratio, MOST_OVERHEAD)


def _print_aim(what: str, number: float, most: float) -> None:
    print(f"  {what:<40}{number:>7.2f}  at most {most:g}: {'yes' if number <= most else 'no'}")


def _groups(notices: Sequence[Example]) -> Iterator[tuple[str, dict[str, str]]]:
    """Each notice alone, then all of them, each with the texts by notice."""
    texts = {gold.notice_id: text for gold, text in notices}
    if len(texts) > 1:
        yield from ((notice, {notice: text}) for notice, text in texts.items())
    yield ALL, texts


if __name__ == "__main__":
    main()
