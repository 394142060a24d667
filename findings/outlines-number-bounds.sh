#!/usr/bin/env bash
# outlines-core makes a pattern of a JSON schema without the bounds of whole numbers: 4000 passes for one from 1 to 9.
# Needs Python 3.11 or newer and PyPI; works in a temporary folder. Exits 1 where what is seen is no longer what is told.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check outlines-core==0.2.14
venv/bin/python - <<'END'
import re
import sys

from outlines_core.json_schema import build_regex_from_schema

pattern = re.compile(build_regex_from_schema('{"type": "integer", "minimum": 1, "maximum": 9}'))
taken = [number for number in ("5", "4000", "-3") if pattern.fullmatch(number)]
print("outlines-core 0.2.14 takes for a number from 1 to 9:", ", ".join(taken))
sys.exit(taken != ["5", "4000", "-3"])
END
