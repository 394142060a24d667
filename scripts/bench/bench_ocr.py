"""Time and memory of reading scanned pages, beside rapidocr called bare on the same pictures.

    python scripts/bench/bench_ocr.py                 20 pages at 200 dpi
    python scripts/bench/bench_ocr.py --pages 4 --dpi 300

Bare is ``RapidOCR()(picture)`` with its defaults: lines and scores. Ours reads each picture as a notice: lines,
figures a second time, page order, paragraphs, places, crops, and the record by rules. Each works in a process of its
own, after a first page, which loads the models, and they take turns page by page. The ratio is bare's time by ours: 1
is as fast, more is faster.
It needs Linux, the extra ``ocr`` and Debian's fonts-noto-cjk.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "support"))

import numpy
from noise import gold_texts
from PIL import Image
from scan_examples import Wear, printed, saved, worn

from extractor import extract
from extractor.files.scan.pictures import read_pictures
from extractor.files.scan.recognised_pages import recognition
from extractor.files.sources.file_limits import Limits
from extractor.processes.workers import processors

_MOST_MB = 1500


def main() -> None:
    """Measure both, and print time, memory and the ratio."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--pages", type=int, default=20)
    parser.add_argument("--dpi", type=int, default=200)
    parser.add_argument("--measure", choices=("bare", "ours"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        _read_pages(options.measure)
        return
    print(f"rapidocr {version('rapidocr')}, onnxruntime {version('onnxruntime')}, {processors()} processors")
    with tempfile.TemporaryDirectory() as name:
        text = "\n".join(gold_texts().values())
        for number, page in enumerate(printed(text, options.dpi)[: options.pages]):
            (Path(name) / f"{number:03}.png").write_bytes(saved(worn(page, Wear(), number)))
        found = _measured(Path(name))
    print(f"\n{options.pages} pages at {options.dpi} dpi, each page by both in turn\n")
    for which, (seconds, memory) in found.items():
        print(f"{which}: {seconds:.2f} s a page, {memory:,.0f} MB at most")
    ratio = found["bare"].seconds / found["ours"].seconds
    print(f"\nratio: {ratio:.2f} (at least 0.8); memory at most {_MOST_MB:,} MB: {found['ours'].memory <= _MOST_MB}")


class _Measured(NamedTuple):
    """Seconds a page, and megabytes of memory at most."""

    seconds: float
    memory: float


def _measured(folder: Path) -> dict[str, _Measured]:
    """Have both read each page one after the other, so that what else runs here slows both."""
    readers = {which: _Reader(which) for which in ("bare", "ours")}
    files = sorted(folder.glob("*.png"))
    for reader in readers.values():
        reader.seconds(files[0])
    seconds: dict[str, list[float]] = {which: [] for which in readers}
    for file in files:
        for which, reader in readers.items():
            seconds[which].append(reader.seconds(file))
    return {which: _Measured(sum(seconds[which]) / len(files), reader.peak()) for which, reader in readers.items()}


class _Reader:
    """A process that reads pages by their names, one a line."""

    def __init__(self, which: str) -> None:
        command = [sys.executable, __file__, "--measure", which]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def seconds(self, file: Path) -> float:
        """Return how long it takes for a page."""
        assert self._process.stdin
        assert self._process.stdout
        print(file, file=self._process.stdin, flush=True)
        return float(self._process.stdout.readline())

    def peak(self) -> float:
        """End it, and return its most memory in MB."""
        [line] = self._process.communicate()[0].splitlines()
        return float(line)


def _read_pages(which: str) -> None:
    """Read the pages that standard input names, say how long each took, and at last the most memory."""
    read = _bare() if which == "bare" else _ours
    for line in sys.stdin:
        begun = time.perf_counter()
        read(Path(line.strip()))
        print(time.perf_counter() - begun, flush=True)
    print(_peak())


def _peak() -> float:
    """Return this process's most memory in MB; ``ru_maxrss`` would be that of the process before it."""
    [line] = [line for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines() if "VmHWM" in line]
    return int(line.split()[1]) * 1024 / 1e6


def _bare() -> Callable[[Path], None]:
    from rapidocr import RapidOCR

    engine = RapidOCR(params={"Global.log_level": "critical"})

    def read(file: Path) -> None:
        engine(numpy.ascontiguousarray(numpy.asarray(Image.open(file).convert("RGB"))[..., ::-1]))

    return read


def _ours(file: Path) -> None:
    read = read_pictures([file.read_bytes()], "pages", Limits(), recognition("auto"))
    extract(read.text, left_out=read.left_out, places=read.places)


if __name__ == "__main__":
    main()
