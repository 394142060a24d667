"""Refresh what README and docs show of the project's own output, or check that it is current.

    python scripts/readme.py            write the pages anew
    python scripts/readme.py --check    change nothing; exit 1 with a diff where a page is stale

Pages hold cog marks in HTML comments; what stands between them is made by ``scripts/blocks.py``.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from cogapp import Cog  # type: ignore[import-untyped]

ROOT = Path(__file__).resolve().parents[1]
REFRESH = "python scripts/readme.py"


def pages() -> list[Path]:
    """Return the pages that have parts made by a program, relative to the project's folder."""
    found = (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"))
    return sorted(path.relative_to(ROOT) for path in found if "[[[cog" in path.read_text(encoding="utf-8"))


def main() -> int:
    """Run cog over the pages and return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 with a diff where a page is stale")
    options = parser.parse_args()
    os.chdir(ROOT)
    os.environ["EXTRACTOR_LANG"] = "en"  # the pages that have such parts are in English
    sys.path[:0] = [str(ROOT), str(ROOT / "scripts"), str(ROOT / "tests" / "support")]
    failing = f"--check-fail-msg=These pages are stale; refresh them with: {REFRESH}"
    mode = ["--check", "--diff", failing] if options.check else ["-r"]
    common = ["-e", "-P", "-U", "-n", "utf-8", "--verbosity=1", "-p", "from blocks import *"]
    return 1 if Cog().main(["cog", *common, *mode, *map(str, pages())]) else 0


if __name__ == "__main__":
    sys.exit(main())
