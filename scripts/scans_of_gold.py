"""Print, scan and recognise the gold notices, and compare the figures with those of their text.

    python scripts/scans_of_gold.py                      all notices, 150 and 300 dpi, worn as an office wears them
    python scripts/scans_of_gold.py --only nanjing --pages 4 --dpi 150

It needs the extra ``ocr`` and Debian's fonts-noto-cjk, takes minutes, and prints sums only: nothing of a notice's text.
A figure is wrong where the text has none such; it is doubted where a check names it, or the measure that holds it.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "support"))

from noise import gold_texts
from scan_examples import SANS, SERIF, Wear, printed, scanned_pdf, worn

from extractor import Notice, extract
from extractor.files.ingest import ingest
from extractor.files.sources.source import Source


class Scanned(NamedTuple):
    """The figures of a scan beside those of its text."""

    of: int
    kept: int
    wrong: int
    undoubted: int
    seconds: float


def main() -> None:
    """Print one row for each notice, resolution and font."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", default="", help="notices whose id has this in it")
    parser.add_argument("--pages", type=int, default=1000, help="pages of each, at most")
    parser.add_argument("--dpi", type=int, nargs="*", default=[150, 300])
    parser.add_argument("--noise", type=float, default=12.0, help="of 255")
    parser.add_argument("--font", choices=("serif", "sans"), default="serif")
    options = parser.parse_args()
    print(f"rapidocr {version('rapidocr')}, onnxruntime {version('onnxruntime')}, pypdfium2 {version('pypdfium2')}\n")
    print("| notice | dpi | figures | kept | wrong | wrong and undoubted | s a page |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    font = SERIF if options.font == "serif" else SANS
    for name, text in gold_texts().items():
        for dpi in options.dpi if options.only in name else []:
            pages = printed(text, dpi, font=font)[: options.pages]
            found = _compared(text, pages, dpi, Wear(noise=options.noise))
            share = f"{found.kept / found.of:.3f}" if found.of else "-"
            print(
                f"| {name} | {dpi} | {found.of} | {share} | {found.wrong} | {found.undoubted} "
                f"| {found.seconds / len(pages):.1f} |",
                flush=True,
            )


def _compared(text: str, pages: list, dpi: int, wear: Wear) -> Scanned:  # type: ignore[type-arg]
    tilts = (0.6, -0.8, 1.2, 0.0)
    scans = [worn(page, wear._replace(tilt=tilts[number % 4]), number) for number, page in enumerate(pages)]
    begun = time.perf_counter()
    read = ingest(Source("scan.pdf"), scanned_pdf(scans, dpi))
    seconds = time.perf_counter() - begun
    scan = extract(read.text, left_out=read.left_out, places=read.places)
    wanted, found = Counter(_figures(extract(text)).values()), _figures(scan)
    if len(read.text) < 0.9 * len(text):  # the first pages only
        wanted &= Counter(found.values()) | wanted
    others = Counter(found.values()) - wanted
    doubted = [check.path for check in scan.checks if check.code == "ocr_unsure" and check.path]
    told = Counter(value for path, value in found.items() if any(map(partial(_hold_each_other, path), doubted)))
    kept = (Counter(found.values()) & wanted).total()
    return Scanned(wanted.total(), kept, others.total(), (others - told).total(), seconds)


def _hold_each_other(path: str, other: str) -> bool:
    return path.startswith(other) or other.startswith(path)


def _figures(notice: Notice) -> dict[str, tuple[float, str]]:
    """Return a notice's figures by their path."""
    found = {f"totals[{k}]": (float(total.value), total.unit) for k, total in enumerate(notice.totals)}
    for i, issue in enumerate(notice.issues):
        for j, measure in enumerate(issue.measures):
            for k, each in enumerate(measure.quantities):
                found[f"issues[{i}].measures[{j}].quantities[{k}]"] = (float(each.value), each.unit)
    return found


if __name__ == "__main__":
    main()
