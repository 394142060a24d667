"""The time and the memory that comparing the notices of a dataset with each other takes, at each power of ten.

    python scripts/bench/bench_comparison.py                        # 1,000 and 10,000 notices
    python scripts/bench/bench_comparison.py --notices 100000 1000000

The signatures are those of notices made from the gold ones (``corpus.py``), under other names, bodies and years, five
notices a body. Each size is a process of its own, in which all parts are compared one after the other. A job on Ray
shares them out: what its driver does alone is told apart, and so is a batch's last step, which writes what its notices
are to each other (measured on 1,000 whole notices). Times are of processor time. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench_ray import corpus
from corpus import make_many, read_bases

from extractor.cluster.confined_reading import JobRow, row_of
from extractor.cluster.dataset import JobDataset
from extractor.cluster.dataset_kinship import kin_of, kinships_in, place
from extractor.cluster.remote_files import place_of
from extractor.collection.kinship import Kinship, related_keys
from extractor.collection.notice_signatures import NoticeSignature, signature_of
from extractor.files.parts.left_out import ReadText
from extractor.pipeline import extract_text
from extractor.processes.workers import spare_the_collector

ROOT = Path(__file__).resolve().parents[2]
BATCH = 1_000
EDITIONS = 5  # of a body
DIFFERENT = 100  # made notices
WHOLE = 1_000  # notices of which all is written
LETTERS = "甲乙丙丁戊己庚辛壬癸"


def main() -> None:
    """Print a row for each size."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--notices", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--characters", type=int, default=8_000, help="of a notice")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(measured(options.notices[0], options.characters))
        return
    print("| notices | driver, ms a notice | comparing | writing | driver's memory, KB a notice | signatures, KB |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: |")
    for number in options.notices:
        command = [sys.executable, __file__, "--one", "--notices", str(number), "--characters", str(options.characters)]
        print(subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip(), flush=True)


def measured(notices: int, characters: int) -> str:
    """Return the row of a size."""
    spare_the_collector()
    made = make_many(read_bases(ROOT / "gold" / "notices"), DIFFERENT, characters, 1)
    known = [signature_of(extract_text(ReadText(each.text), notice_id="n").notice, each.text) for each in made]
    with tempfile.TemporaryDirectory() as name:
        dataset = JobDataset(place_of(f"{name}/all"))
        signatures = (signature(known[number % DIFFERENT], number) for number in range(notices))
        batches = 0
        while rows := [row(each) for each in islice(signatures, BATCH)]:
            dataset.write(batches, rows)
            batches += 1
        size = sum(path.stat().st_size for path in Path(name).glob("all/.signatures/*/*.parquet"))
        Path("/proc/self/clear_refs").write_text("5", encoding="utf-8")  # begins the peak anew
        before, begun = peak(), time.process_time()
        spent = [0.0]

        def compared(parts: Iterator[bytes]) -> Iterator[Mapping[str, Kinship]]:
            for part in parts:
                start = time.process_time()
                found = kinships_in(part)
                spent[0] += time.process_time() - start
                yield found

        for _ in kin_of(range(batches), dataset, "zh", compared):
            pass
        driver = time.process_time() - begun - spent[0]
        memory = peak() - before
        writing = written(corpus(Path(name, "in"), WHOLE, characters), Path(name, "whole"))
    per = 1000 / notices
    return (
        f"| {notices:,} | {driver * per:.3f} | {spent[0] * per:.3f} | {writing:.3f} "
        f"| {memory / notices:.1f} | {size / notices / 1000:.1f} |"
    )


def signature(base: NoticeSignature, number: int) -> NoticeSignature:
    """Return a signature as of another notice of another body."""
    year, body = 2005 + number % EDITIONS, "".join(LETTERS[int(digit)] for digit in str(number // EDITIONS))
    day = f"{year}{(base.feedback_date or '2020-06-05')[4:]}"
    return base.model_copy(
        update={
            "notice_id": f"n{number:08d}",
            "inspected_body": f"青{body}县委",
            "title": f"青{body}县委关于巡察整改情况的通报",
            "signed_by": None,
            "feedback_date": day,
            "signed_on": None,
            "whole": f"{number:024x}",
            "core": f"{number + 1:024x}",
        }
    )


def row(known: NoticeSignature) -> JobRow:
    """Return a notice's row as far as notices are compared by it."""
    return JobRow(
        known.notice_id, known.notice_id, "", "", record="{}", signature=known.model_dump_json(),
        keys=tuple(related_keys(known)),
    )  # fmt: skip


def written(inputs: Path, folder: Path) -> float:
    """Return the milliseconds a notice that the last step of a batch takes."""
    dataset = JobDataset(place_of(str(folder)))
    rows = []
    for number, path in enumerate(sorted(inputs.rglob("*.txt"))):
        read = extract_text(ReadText(path.read_text(encoding="utf-8")), notice_id=path.stem)
        rows.append(row_of(JobRow(path.name, path.stem, "", str(number)), read))
    dataset.write(0, rows)
    (kin,) = kin_of([0], dataset, "zh")
    begun = time.process_time()
    place(kin, dataset, "zh")
    return (time.process_time() - begun) / len(rows) * 1000


def peak() -> float:
    """Return the most memory that this process had since its peak was begun anew, in KB."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return float(status.partition("VmHWM:")[2].split()[0])


if __name__ == "__main__":
    main()
