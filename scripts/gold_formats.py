"""Save the gold notices in other formats, read them back, and compare their values with those of the text.

    python scripts/gold_formats.py                 all formats
    python scripts/gold_formats.py --only mht      those whose name has this in it

Enumerators are set by Word's own numbering wherever it comes to the same number. It needs LibreOffice, Chromium and
playwright, takes a minute or two, and prints sums only: nothing of a notice's text. ``scripts/scans_of_gold.py`` does
the same for scans.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "support"))

from browsing import chromium
from gold_documents import OFFICE, converted, numbered, saved_page
from noise import Value, compared, gold_texts, values
from ofd_examples import Ofd

from extractor import extract
from extractor.files.ingest import ingest
from extractor.files.office.old_office import read_by_libre_office
from extractor.files.sources.file_limits import DEFAULT_LIMITS
from extractor.files.sources.source import Source

_BY_OFFICE = ("doc", "rtf", "odt", "pdf")
_READ_TWICE = (".rtf", ".odt")
"""Formats with a reader of ours, which LibreOffice reads as well."""


def main() -> None:
    """Print one row for each format."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", default="", help="formats whose name has this in it")
    wanted = parser.parse_args().only
    writers = {".docx": f"python-docx {version('python-docx')}", ".ofd": "tests/support/ofd_examples.py"}
    writers |= {f".{ending}": _office_version() for ending in _BY_OFFICE}
    print("| format | written by | values of the text | kept | others |")
    print("| --- | --- | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory() as name:
        _save_documents(Path(name))
        writers[".mht"] = _save_pages(Path(name))
        for ending, writer in writers.items():
            if wanted in ending:
                files = {path.stem: path for path in Path(name).glob(f"*{ending}")}
                print(_row(f"`{ending}`", writer, files, _read), flush=True)
                if ending in _READ_TWICE:
                    print(_row(f"`{ending}`, through LibreOffice", writer, files, _read_by_office), flush=True)


def _save_documents(folder: Path) -> None:
    for name, text in gold_texts().items():
        numbered(text).save(str(folder / f"{name}.docx"))
        ofd = Ofd(is_absolute=True)
        pages = ofd.pages([line for line in text.splitlines() if line.strip()])
        (folder / f"{name}.ofd").write_bytes(ofd.document(pages))
    for ending in _BY_OFFICE:
        converted(sorted(folder.glob("*.docx")), ending, folder)


def _save_pages(folder: Path) -> str:
    """Save the notices by a browser, and return its name and version."""
    with chromium() as browser:
        for name, text in gold_texts().items():
            (folder / f"{name}.mht").write_bytes(saved_page(browser, text))
        return f"Chromium {browser.version}"


def _office_version() -> str:
    said = subprocess.run([str(OFFICE), "--version"], check=True, capture_output=True, text=True).stdout
    return " ".join(said.split()[:2])


@cache
def _values_of_texts() -> dict[str, list[Value]]:
    return {name: values(text, extract(text)) for name, text in gold_texts().items()}


def _read(path: Path) -> str:
    return ingest(Source(str(path)), path.read_bytes()).text


def _read_by_office(path: Path) -> str:
    return read_by_libre_office(path.read_bytes(), path.name, DEFAULT_LIMITS).text


def _row(form: str, writer: str, files: Mapping[str, Path], read: Callable[[Path], str]) -> str:
    kept = of = other = 0
    for name, wanted in _values_of_texts().items():
        text = read(files[name])
        found = compared(wanted, values(text, extract(text)))
        kept, of, other = kept + found.kept, of + found.of, other + found.other
    return f"| {form} | {writer} | {of:,} | {kept:,} | {other} |"


if __name__ == "__main__":
    main()
