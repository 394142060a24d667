"""Measure how readable this project's code is by numbers, and the same of others.

    python scripts/house.py                     print our numbers beside those kept of others
    python scripts/house.py NAME=FOLDER ...     measure other source trees, too: unpacked sources, checkouts
    python scripts/house.py --others            download the pinned distributions, measure them, and keep their numbers

Others' numbers are kept in ``scripts/house.toml``, with their versions; ``docs/house.md`` shows the table.
"""

from __future__ import annotations

import argparse
import ast
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "scripts" / "house.toml"
PINNED = ("langextract==1.7.1", "instructor==1.17.0", "sqlite-utils==4.2.1", "inspect-ai==0.3.285", "spacy==3.8.18")
_AS_WHEEL = ("spacy",)  # pip would build its sources to know their metadata

_OURS = ("extractor", "eval/notice_extractor_eval")
_NOT_THE_CODE = frozenset(("tests", "test", "docs", "examples", "scripts", "build", "benchmarks", ".venv"))
_FRAGMENT = re.compile(r"(?:What|Who|Whom|Whose|Whether|How|Which)\b(?!.*\?)")
_CHECKERS = ("pyproject.toml", "mypy.ini", "setup.cfg", "pyrightconfig.json", "ty.toml", "ty-tests.toml")
_HABITS = {
    "changelog": ("CHANGELOG*", "CHANGES*", "HISTORY*", "docs/changelog*"),
    "contributing": ("CONTRIBUTING*", "docs/contributing*", ".github/CONTRIBUTING*"),
    "pre-commit": (".pre-commit-config.yaml",),
}

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class House:
    """The numbers of a project's code, without its tests. Names that collide are counted once each."""

    version: str
    """The version of the distribution; of ours, the working copy's."""
    modules: int
    largest_module: int
    """Lines, of modules with a function: tables of data do not count."""
    mean_function: float
    """Lines from ``def`` to the end, methods and inner functions included."""
    longest_function: int
    most_parameters: int
    """Of a function that is no command: ``self`` and ``cls`` are not counted."""
    most_options: int
    """Of a command, whose parameters are options of the command line; 0 without commands."""
    class_collisions: int
    """Public names that more than one class has."""
    module_collisions: int
    """Names that more than one module has, ``__init__`` and its like aside."""
    fragments: int
    """Docstrings that begin with What, Who, Whether and the like, and are no question."""
    habits: tuple[str, ...]
    """Of changelog, contributing and pre-commit, those that there are."""
    tests_typed: bool | None
    """Whether a type checker's settings name the tests; None where no settings are there."""


ROWS = {
    "largest_module": "largest module, lines",
    "mean_function": "function, mean lines",
    "longest_function": "function, longest",
    "most_parameters": "most parameters of a function",
    "most_options": "most options of a command",
    "class_collisions": "class names that occur twice",
    "module_collisions": "module names that occur twice",
    "fragments": "docstrings that begin with What, Who …",
    "tests_typed": "tests type-checked",
    "habits": "changelog, contributing, pre-commit",
}
LESS_IS_BETTER = (*tuple(ROWS)[:4], *tuple(ROWS)[5:8])


def measure(project: Path, version: str, packages: Sequence[Path]) -> House:
    """Measure the code in ``packages`` and the habits of ``project``, which holds them."""
    trees = {path: ast.parse(path.read_bytes()) for path in _sources(packages)}
    nodes = [node for tree in trees.values() for node in ast.walk(tree)]
    functions = [node for node in nodes if isinstance(node, Function)]
    lengths = [(node.end_lineno or 0) - node.lineno + 1 for node in functions]
    commands = [node for node in functions if _is_command(node)]
    others = [node for node in functions if not _is_command(node)]
    classes = Counter(node.name for node in nodes if isinstance(node, ast.ClassDef) and node.name[0] != "_")
    names = Counter(path.stem for path in trees if not path.stem.startswith("__"))
    return House(
        version=version,
        modules=len(trees),
        largest_module=max(path.read_bytes().count(b"\n") for path, tree in trees.items() if _has_functions(tree)),
        mean_function=round(sum(lengths) / len(lengths), 1),
        longest_function=max(lengths),
        most_parameters=max(map(_parameters, others)),
        most_options=max(map(_parameters, commands), default=0),
        class_collisions=sum(count > 1 for count in classes.values()),
        module_collisions=sum(count > 1 for count in names.values()),
        fragments=sum(1 for text in _docstrings(nodes) if _FRAGMENT.match(text)),
        habits=tuple(name for name, patterns in _HABITS.items() if any(any(project.glob(each)) for each in patterns)),
        tests_typed=_tests_typed(project),
    )


def _sources(packages: Iterable[Path]) -> Iterator[Path]:
    for package in packages:
        for path in sorted(package.rglob("*.py")):
            if _NOT_THE_CODE.isdisjoint(path.relative_to(package).parts):
                yield path


def _has_functions(tree: ast.Module) -> bool:
    return any(isinstance(node, Function) for node in ast.walk(tree))


def _parameters(function: Function) -> int:
    given = function.args
    names = [each.arg for each in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return len(names) - (names[:1] in (["self"], ["cls"]))


def _is_command(function: Function) -> bool:
    """Return whether a function's parameters are options of a command line (Typer, Click)."""
    annotations = (each.annotation for each in (*function.args.args, *function.args.kwonlyargs) if each.annotation)
    words = [ast.unparse(each) for each in (*function.decorator_list, *annotations)]
    return any(
        re.search(r"\b(?:typer|click)\.(?:Option|Argument|option|argument)\b|\b(?:Opt|Arg)\(|\.command\(", each)
        for each in words
    )


def _docstrings(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Module | ast.ClassDef | Function) and (text := ast.get_docstring(node)):
            yield text


def _tests_typed(project: Path) -> bool | None:
    found = [project / name for name in _CHECKERS if (project / name).exists()]
    texts = [text for path in found if (text := _checker_settings(path))]
    return any("tests" in text for text in texts) if texts else None


def _checker_settings(path: Path) -> str:
    """Return the text of a file's settings for type checkers, "" without any."""
    text = path.read_text(encoding="utf-8")
    if path.name == "pyproject.toml":
        tools = tomllib.loads(text).get("tool", {})
        return str([tools[name] for name in ("mypy", "pyright", "ty") if name in tools] or "")
    if path.name == "setup.cfg":
        return text if "[mypy" in text else ""
    return f"{path.name} {text}"


def ours() -> House:
    """Measure this project."""
    found: dict[str, str] = {}
    exec((ROOT / "extractor" / "version.py").read_text(encoding="utf-8"), found)
    return measure(ROOT, found["__version__"], [ROOT / each for each in _OURS])


def others() -> dict[str, House]:
    """Return the numbers kept of others, by name."""
    return {name: _house(given) for name, given in tomllib.loads(KEPT.read_text(encoding="utf-8")).items()}


def _house(given: Mapping[str, object]) -> House:
    values = {each.name: given.get(each.name) for each in fields(House)}
    return House(**values | {"habits": tuple(given["habits"])})  # type: ignore[arg-type]


def downloaded(folder: Path) -> dict[str, House]:
    """Download the pinned distributions into ``folder`` and measure them."""
    found = {}
    for pin in PINNED:
        name, _, version = pin.partition("==")
        place = folder / name
        _download(pin, place, "--only-binary" if name in _AS_WHEEL else "--no-binary")
        project = _unpacked(next(path for path in place.iterdir() if path.is_file()))
        found[name] = measure(project, version, [_package_in(project, name.replace("-", "_"))])
    return found


def _download(pin: str, place: Path, how: str) -> None:
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", how, ":all:", "-d", str(place), pin]
    subprocess.run(command, check=True)


def _unpacked(archive: Path) -> Path:
    target = archive.parent / "unpacked"
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            wheel.extractall(target)
        return target
    with tarfile.open(archive) as sources:
        sources.extractall(target, filter="data")
    (project,) = target.iterdir()
    return project


def _package_in(project: Path, name: str) -> Path:
    return next(each for each in (project / "src" / name, project / name) if each.is_dir())


def table(houses: Mapping[str, House]) -> str:
    """Return the numbers as a Markdown table."""
    heads = [f"{name} {house.version}".strip() for name, house in houses.items()]
    lines = [f"| | {' | '.join(heads)} |", f"| --- |{' ---: |' * len(heads)}"]
    for row, words in ROWS.items():
        lines.append(f"| {words} | {' | '.join(_cell(row, getattr(each, row)) for each in houses.values())} |")
    return "\n".join(lines)


def _cell(row: str, value: object) -> str:
    if row == "habits":
        assert isinstance(value, tuple)
        return ", ".join(value) or "not shipped"
    if row == "most_options" and not value:
        return ""
    return {True: "yes", False: "no", None: "not shipped"}[value] if row == "tests_typed" else f"{value:,}"  # type: ignore[index]


def worse(mine: House, theirs: Mapping[str, House]) -> list[str]:
    """Return the rows in which ours is worse than the best of others."""
    rows = [row for row in LESS_IS_BETTER if getattr(mine, row) > min(getattr(each, row) for each in theirs.values())]
    rows += ["habits"] if any(len(each.habits) > len(mine.habits) for each in theirs.values()) else []
    return rows + (
        ["tests_typed"] if any(each.tests_typed for each in theirs.values()) > bool(mine.tests_typed) else []
    )


def _as_toml(houses: Mapping[str, House]) -> str:
    lines = ["# Made by `python scripts/house.py --others`: numbers of the distributions on PyPI."]
    for name, house in houses.items():
        lines.append(f"\n[{name}]")
        for key, value in asdict(house).items():
            if value is not None:
                text = str(value).lower() if isinstance(value, bool) else repr(value).replace("'", '"')
                lines.append(
                    f"{key} = {str(list(value)).replace(chr(39), chr(34)) if isinstance(value, tuple) else text}"
                )
    return "\n".join(lines) + "\n"


def main() -> int:
    """Print the table and return the exit status: 1 where ours is worse in a row."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("trees", nargs="*", metavar="NAME=FOLDER", help="other source trees to measure")
    parser.add_argument(
        "--others", action="store_true", help="download the pinned distributions, and keep their numbers"
    )
    options = parser.parse_args()
    if options.others:
        with tempfile.TemporaryDirectory() as folder:
            KEPT.write_text(_as_toml(downloaded(Path(folder))), encoding="utf-8")
    theirs = others() if KEPT.exists() else {}
    for given in options.trees:
        name, _, folder = given.partition("=")
        project = Path(folder)
        theirs[name] = measure(project, "", [_package_in(project, name.replace("-", "_"))])
    mine = ours()
    print(table({"ours": mine, **theirs}))
    rows = worse(mine, theirs) if theirs else []
    for row in rows:
        print(f"worse than another: {ROWS[row]}", file=sys.stderr)
    return 1 if rows else 0


if __name__ == "__main__":
    os.environ.setdefault("PIP_DISABLE_PIP_VERSION_CHECK", "1")
    sys.exit(main())
