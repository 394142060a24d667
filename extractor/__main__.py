"""The entry point of ``python -m extractor``."""

from __future__ import annotations

import sys

from extractor.cli import main

if __name__ == "__main__":  # worker processes import this module again
    sys.exit(main())
