"""Print how recorded models read the gold notices beside the rules, or measure their tables of trust anew.

python scripts/recorded_scores.py              print the F1 by field
python scripts/recorded_scores.py --tables     measure the models on the tuned notices again, write their tables
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "eval"), str(ROOT / "tests" / "support")]

from notice_extractor_eval.trust_calibration import calibrate  # noqa: E402
from recorded_models import GOLD, JUDGED, SPLITS, reader_of, recorded, scored, table_file  # noqa: E402

from extractor.trust_tables import as_toml  # noqa: E402


def main() -> int:
    """Print the scores, or write the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--tables", action="store_true", help="measure the models again and write their tables")
    if parser.parse_args().tables:
        for name in recorded():
            table_file(name).write_text(as_toml(calibrate(GOLD, reader_of(name)).found), encoding="utf-8")
        return 0
    for line in _lines(recorded()):
        print(line)
    return 0


def _lines(models: Sequence[str]) -> Iterator[str]:
    for split in SPLITS:
        yield f"{split:32}" + "".join(f"{name:>10}" for name in ("rules", *models))
        for field in JUDGED:
            cells = "".join(f"{scored(name, split)['fields'][field]['f1']:>10.3f}" for name in ("rules", *models))
            yield f"{field:32}{cells}"


if __name__ == "__main__":
    sys.exit(main())
