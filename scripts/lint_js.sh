#!/usr/bin/env bash
# Lint the pages' JavaScript with Biome, whose version and hashes scripts/lint_js/package-lock.json holds. The first run
# installs it there with npm; further runs need no network. Exit status: 0 clean, 1 findings, 3 no linter.
set -euo pipefail
cd "$(dirname "$0")/.."

linter=scripts/lint_js/node_modules/.bin/biome
if [ ! -x "$linter" ]; then
    command -v npm >/dev/null || { echo "lint_js: npm is not installed; it comes with Node.js" >&2; exit 3; }
    npm ci --prefix scripts/lint_js --ignore-scripts --no-audit --no-fund >&2 ||
        { echo "lint_js: Biome cannot be installed; see npm's message above" >&2; exit 3; }
fi
"$linter" lint --config-path=scripts/lint_js --error-on-warnings --max-diagnostics=none \
    extractor/pages/static extractor/service/static || exit 1
