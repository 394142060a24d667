#!/usr/bin/env bash
# ray.init() without an address joins a cluster that happens to run on the machine (and refuses num_cpus there); tasks
# work in the folder in which the cluster was started, not in the driver's, so relative paths name other files.
# Needs Python 3.11 or newer and PyPI; works in a temporary folder, half a gigabyte.
# Exits 1 where what is seen is no longer what is told.
set -euo pipefail
work=$(mktemp -d)
trap 'venv/bin/ray stop --force >/dev/null 2>&1 || true; rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check ray==2.60.0
export RAY_AUTH_MODE=disabled RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO=0
mkdir cluster driver
(cd cluster && ../venv/bin/ray start --head --port 6399 --num-cpus 1 --include-dashboard false >/dev/null 2>&1)
cd driver
../venv/bin/python - <<'END'
import os
import sys

import ray

try:
    ray.init(num_cpus=1, log_to_driver=False)
    said = ""
    ray.shutdown()
except ValueError as error:
    said = str(error).splitlines()[0]
ray.init(address="127.0.0.1:6399", log_to_driver=False)
there = ray.get(ray.remote(os.getcwd).remote())
print(f"  ray {ray.__version__}: init(num_cpus=1) beside a running cluster: {said or 'a cluster of its own'}")
print(f"  the driver works in {os.path.basename(os.getcwd())}/, its task in {os.path.basename(there)}/")
sys.exit(not ("existing cluster" in said and there != os.getcwd()))
END
