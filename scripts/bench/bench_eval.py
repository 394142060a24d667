"""How long an evaluation takes and how much memory it needs: label files in, every report out.

    python scripts/bench/bench_eval.py --notices 1000

The corpus is the gold labels repeated under new names (or, while there are none, a made-up notice of the same size);
its predictions are the gold with a few faults in each notice. Files are written to a temporary folder first; what is
timed is `measure_gold` and `write_reports`, as `python -m extractor eval` runs them.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from notice_extractor_eval.evaluate_gold import measure_gold, write_reports
from notice_extractor_eval.gold_folder import Example, read_folder, reviewed
from notice_extractor_eval.predictions import PredictionFolder
from notice_extractor_eval.score_metrics import metrics

from extractor.labels.label_file import write_labels
from extractor.record.contract import DateMention, Document, Issue, Measure, Notice, Quantity, Span
from extractor.text.text_hash import text_sha256


def main() -> None:
    """Write a corpus, measure it, print the numbers."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--notices", type=int, default=1_000)
    parser.add_argument("--gold", type=Path, default=Path("gold"))
    options = parser.parse_args()
    base = list(reviewed(read_folder(options.gold))) or [made_up()]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_corpus(folder, base, options.notices)
        before = memory()
        start = time.perf_counter()
        evaluation = measure_gold(folder, PredictionFolder(folder / "run"))
        scored = time.perf_counter()
        assert evaluation.intervals
        resampled = time.perf_counter()
        found = metrics(evaluation, {"gold": "synthetic"})
        write_reports(folder / "out", found, evaluation)
        end = time.perf_counter()
        size = sum(path.stat().st_size for path in (folder / "out").iterdir())
    units = sum(len(result.categories) for result in evaluation.results)
    print(f"{options.notices} notices, {units} issues, {len(evaluation.errors)} errors")
    print(f"labels read and scored  {scored - start:8.2f} s")
    print(f"{evaluation.resamples} resamples         {resampled - scored:8.2f} s")
    print(f"reports ({size / 1e6:.1f} MB)      {end - resampled:8.2f} s")
    print(f"in all                  {end - start:8.2f} s")
    print(f"peak memory             {memory():8.0f} MB (before the run {before:.0f} MB)")


def memory() -> float:
    """Return the peak memory of this process in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def write_corpus(folder: Path, base: list[Example], size: int) -> None:
    """Write label files, texts and predictions."""
    for part in ("labels", "notices", "run"):
        (folder / part).mkdir()
    with (folder / "run" / "notices.jsonl").open("w", encoding="utf-8") as lines:
        for number in range(size):
            gold, text = base[number % len(base)]
            gold = gold.model_copy(update={"notice_id": f"{gold.notice_id}-{number}"})
            (folder / "notices" / f"{gold.notice_id}.txt").write_text(text, encoding="utf-8", newline="\n")
            (folder / "labels" / f"{gold.notice_id}.yaml").write_text(write_labels(gold, text), encoding="utf-8")
            lines.write(with_faults(gold, number).model_dump_json() + "\n")


def with_faults(gold: Notice, seed: int) -> Notice:
    """Return a prediction with a lost issue, other categories and lost measures, figures and dates."""
    issues = []
    for number, issue in enumerate(gold.issues):
        if (number + seed) % 29 == 0:
            continue
        measures = [
            measure.model_copy(update={"quantities": measure.quantities[seed % 3 == 0 :], "dates": measure.dates[1:]})
            for place, measure in enumerate(issue.measures)
            if (place + number + seed) % 17
        ]
        category = "other" if (number + seed) % 11 == 0 else issue.category
        issues.append(issue.model_copy(update={"category": category, "measures": measures}))
    return gold.model_copy(update={"issues": issues})


def made_up(issues: int = 36, measures: int = 3) -> Example:
    """Return a notice of the usual size: 36 issues, three measures each, about 20,000 characters."""
    text, written = "关于巡视整改进展情况的通报\n", []
    for number in range(1, issues + 1):
        start = len(text)
        title = f"第{number}类问题整改不够到位"
        text += f"({number})关于“{title}”问题的整改。\n"
        found = []
        for place in range(1, measures + 1):
            text += f"{place}."
            at = len(text)
            head = f"强化责任落实。印发《第{number}号制度第{place}版》,2023年{place}月召开会议"
            figures = f"{number * 7 + place}次,投入{number}.5亿元,培训干部{number + 100}人次,"
            text += head + figures + "推动整改工作走深走实,确保事事有回音、件件有着落。" * 4
            found.append(_measure(text, at, head, number, place))
            text += "\n"
        written.append(
            Issue(label=f"({number})", title=title, text=Span(start=start, end=len(text) - 1), measures=found)
        )
    return Example(Notice(notice_id="synthetic", text_sha256=text_sha256(text), issues=written), text)


def _measure(text: str, at: int, head: str, number: int, place: int) -> Measure:
    def place_of(words: str) -> Span:
        start = text.index(words, at)
        return Span(start=start, end=start + len(words))

    title = f"第{number}号制度第{place}版"
    figures = [
        (number * 7 + place, "次", "召开会议"),
        (number + 0.5, "亿元", "投入"),
        (number + 100, "人次", "培训干部"),
    ]
    return Measure(
        label=str(place),
        text=Span(start=at, end=len(text)),
        heading=head.partition("。")[0],
        types=["regulation", "education"],
        documents=[Document(title=title, action="issued", text=place_of(title))],
        quantities=[
            Quantity(value=value, unit=unit, subject=subject, text=place_of(f"{value}{unit}"))
            for value, unit, subject in figures
        ],
        dates=[DateMention(value=f"2023-{place:02}", text=place_of(f"2023年{place}月"))],
    )


if __name__ == "__main__":
    main()
