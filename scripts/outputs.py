"""Keep all that the program writes before a change that must not alter it, and compare afterwards.

    python scripts/outputs.py keep DIR       write the outputs of this checkout into DIR, a new folder
    python scripts/outputs.py compare DIR    write them again elsewhere; exit 1 and name each file that differs

The outputs are records, texts and reports of runs on the gold notices, the layouts and the files of ``tests/support``,
with rules and with scripted models; exports; HTML reports; the evaluation; prompts and the schema. A minute is enough.
"""

from __future__ import annotations

import argparse
import filecmp
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
SUPPORT = ROOT / "tests" / "support"
MODELS = (
    ("gold_answers:answer", "assisted"),
    ("gold_answers:answer", "model"),
    ("dull_model:answer", "assisted"),
    ("dull_model:answer", "model"),
    ("dull_model:broken_off", "assisted"),
)
"""The scripted models that are run, by their function in ``tests/support``, each with a backend."""
EXPORTS = ("csv", "parquet", "sqlite", "xlsx")

_CHANGING = frozenset(("base_url", "started", "finished", "seconds", "fingerprint", "python"))


def keep(folder: Path) -> None:
    """Write all outputs into ``folder``, which must not exist."""
    folder.mkdir(parents=True)
    gold = "gold/notices"
    layouts = folder / "inputs"
    _write_layouts(layouts)
    _run(folder / "gold", [gold])
    _run(folder / "layouts", [str(layouts), str(SUPPORT / "files")], "--lang", "en")
    for answers, backend in MODELS:
        name = f"{answers.replace(':', '-')}-{backend}"
        with _endpoint(answers) as address:
            asked = ("--backend", backend, "--base-url", address, "--model", "fake", "--mode", "tools")
            _run(folder / name, [gold, str(SUPPORT / "notices")], *asked, "--cache-dir", str(folder / "cache"))
        shutil.rmtree(folder / "cache", ignore_errors=True)
    for run in ("gold", "layouts", "dull_model-answer-assisted"):
        for ending in EXPORTS:
            _command("export", str(folder / run), "--to", str(folder / f"{run}.{ending}"))
        _command("report", str(folder / run), "--to", str(folder / f"{run}.html"))
    for name, arguments in {
        "show.txt": ("show", str(folder / "gold")),
        "evaluation.txt": ("eval", "--gold", "gold", "--split", "tuned", "--out", str(folder / "evaluation")),
        "agreement.txt": ("eval", "agreement", "gold/annotations/a", "gold/annotations/b"),
        "gold-check.txt": ("gold", "check", "gold"),
        "prompts.txt": ("prompts", f"{gold}/nanjing-jiangbei-2024.txt"),
        "schema.json": ("schema",),
    }.items():
        (folder / name).write_text(_command(*arguments).replace(str(folder), "DIR"), encoding="utf-8")
    for path in sorted(folder.rglob("run.json")):
        _mask(path, folder)
    for path in sorted(folder.rglob(".work")):
        shutil.rmtree(path)


def differences(before: Path, now: Path) -> list[str]:
    """Return a line for each file that is missing, new or different."""
    names = {
        side: {str(path.relative_to(side)) for path in side.rglob("*") if path.is_file()} for side in (before, now)
    }
    lines = [f"gone: {name}" for name in names[before] - names[now]]
    lines += [f"new: {name}" for name in names[now] - names[before]]
    for name in names[before] & names[now]:
        if not filecmp.cmp(before / name, now / name, shallow=False):
            lines.append(f"differs: {name}{_first_difference(before / name, now / name)}")
    return sorted(lines)


def _first_difference(before: Path, now: Path) -> str:
    pairs = zip(before.read_bytes().split(b"\n"), now.read_bytes().split(b"\n"), strict=False)
    number = next((number for number, (one, other) in enumerate(pairs, start=1) if one != other), None)
    return "" if number is None else f", from line {number}"


def _write_layouts(folder: Path) -> None:
    folder.mkdir()
    for path in sorted((SUPPORT / "layouts").glob("*.yaml")):
        text = yaml.safe_load(path.read_text(encoding="utf-8"))["text"]
        (folder / f"{path.stem}.txt").write_text(text, encoding="utf-8")


def _run(out: Path, inputs: Sequence[str], *options: str) -> None:
    _command("run", *inputs, "--out", str(out), *options)


def _command(*arguments: str) -> str:
    """Return what a command prints, with its errors.

    Raises:
        SystemExit: the command is used wrongly, or broke.
    """
    done = subprocess.run(
        [sys.executable, "-m", "extractor", *arguments],
        cwd=ROOT,
        env=_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 2 or "the extractor broke" in done.stderr or "Traceback" in done.stderr:
        raise SystemExit(done.stderr)
    return done.stdout + done.stderr


def _environment() -> dict[str, str]:
    foreign = ("OPENAI_", "EXTRACTOR_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    path = os.pathsep.join([*map(str, (ROOT, ROOT / "eval", SUPPORT)), kept.get("PYTHONPATH", "")])
    return kept | {"PYTHONPATH": path, "PYTHONHASHSEED": "0", "OPENAI_API_KEY": "none", "EXTRACTOR_LANG": "en"}


@contextmanager
def _endpoint(answers: str) -> Iterator[str]:
    """Yield the address of a scripted endpoint."""
    from fake_endpoint import serving

    with serving(answers) as server:
        yield server.base_url


def _mask(path: Path, folder: Path) -> None:
    """Replace what changes from run to run in a report: times, the program's hash, the port, the folder."""

    def masked(value: object) -> object:
        if isinstance(value, dict):
            return {name: "…" if name in _CHANGING else masked(each) for name, each in value.items()}
        if isinstance(value, list):
            return [masked(each) for each in value]
        return value.replace(str(folder), "DIR") if isinstance(value, str) else value

    report = masked(json.loads(path.read_text(encoding="utf-8")))
    path.write_text(json.dumps(report, ensure_ascii=False, indent=1), encoding="utf-8")


def main() -> int:
    """Keep or compare the outputs, and return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("action", choices=("keep", "compare"))
    parser.add_argument("folder", type=Path, metavar="DIR")
    options = parser.parse_args()
    sys.path[:0] = [str(SUPPORT), str(ROOT / "eval"), str(ROOT)]
    if options.action == "keep":
        keep(options.folder.resolve())
        return 0
    with tempfile.TemporaryDirectory() as temporary:
        keep(Path(temporary) / "now")
        lines = differences(options.folder.resolve(), Path(temporary) / "now")
    print("\n".join(lines) or "nothing differs")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
