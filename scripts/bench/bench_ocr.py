"""Time and memory of reading scanned pages, beside rapidocr called bare on the same pictures.

    python scripts/bench/bench_ocr.py                 20 pages at 200 dpi
    python scripts/bench/bench_ocr.py --pages 4 --dpi 300

Bare is ``RapidOCR()(picture)`` with its defaults: lines and scores. Ours reads the same pictures as one notice: lines,
figures a second time, page order, paragraphs, places, crops, and the record by rules. Each is measured in a process of
its own, after its first page, which loads the models. The ratio is bare's time by ours: 1 is as fast, more is faster.
It needs Linux, the extra ``ocr`` and Debian's fonts-noto-cjk.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

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
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(_measured(options.measure, sorted(options.folder.glob("*.png")))))
        return
    print(f"rapidocr {version('rapidocr')}, onnxruntime {version('onnxruntime')}, {processors()} processors")
    with tempfile.TemporaryDirectory() as name:
        text = "\n".join(gold_texts().values())
        for number, page in enumerate(printed(text, options.dpi)[: options.pages]):
            (Path(name) / f"{number:03}.png").write_bytes(saved(worn(page, Wear(), number)))
        found = {which: _in_process(which, Path(name)) for which in ("bare", "ours")}
    print(f"\n{options.pages} pages at {options.dpi} dpi\n")
    for which, (seconds, memory) in found.items():
        print(f"{which}: {seconds:.2f} s a page, {memory:,.0f} MB at most")
    ratio = found["bare"][0] / found["ours"][0]
    print(f"\nratio: {ratio:.2f} (at least 0.8); memory at most {_MOST_MB:,} MB: {found['ours'][1] <= _MOST_MB}")


def _in_process(which: str, folder: Path) -> tuple[float, float]:
    command = [sys.executable, __file__, "--measure", which, "--folder", str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=dict(os.environ))
    seconds, memory = json.loads(done.stdout.splitlines()[-1])
    return seconds, memory


def _measured(which: str, files: list[Path]) -> tuple[float, float]:
    """Return seconds a page, and megabytes of memory at most."""
    read = _bare() if which == "bare" else _ours
    read(files[:1])
    begun = time.perf_counter()
    read(files)
    seconds = (time.perf_counter() - begun) / len(files)
    return seconds, _peak()


def _peak() -> float:
    """Return this process's most memory in MB; ``ru_maxrss`` would be that of the process before it."""
    [line] = [line for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines() if "VmHWM" in line]
    return int(line.split()[1]) * 1024 / 1e6


def _bare() -> Callable[[list[Path]], None]:
    from rapidocr import RapidOCR

    engine = RapidOCR(params={"Global.log_level": "critical"})

    def read(files: list[Path]) -> None:
        for file in files:
            engine(numpy.ascontiguousarray(numpy.asarray(Image.open(file).convert("RGB"))[..., ::-1]))

    return read


def _ours(files: list[Path]) -> None:
    read = read_pictures([file.read_bytes() for file in files], "pages", Limits(), recognition("auto"))
    extract(read.text, left_out=read.left_out, places=read.places)


if __name__ == "__main__":
    main()
