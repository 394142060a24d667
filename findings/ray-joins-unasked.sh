#!/usr/bin/env bash
# Ray: a program that calls ray.init() joins a cluster that runs on the machine, unasked, and its tasks work in that folder.
# Needs Python 3.11 and PyPI; works in a temporary folder. Exits 1 where what is seen is no longer what is told.
set -euo pipefail
work=$(mktemp -d)
stopped() { kill "$(cat "$work/cluster.pid" 2>/dev/null)" 2>/dev/null || true; wait; rm -rf "$work"; }
trap stopped EXIT
cd "$work"
"${PYTHON:-python3}" -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check ray==2.60.0
mkdir first second ray
export RAY_AUTH_MODE=disabled RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO=0 RAY_TMPDIR="$work/ray" # others' clusters stay out of it
(cd first && exec ../venv/bin/python -m ray.scripts.scripts start --head --block --num-cpus=2 --port=0 \
    --include-dashboard=false --disable-usage-stats) > cluster.log 2>&1 &
echo $! > cluster.pid
for _ in $(seq 120); do grep -q "Ray runtime started" cluster.log && break; sleep 0.5; done
grep -q "Ray runtime started" cluster.log || { echo "no cluster came up"; cat cluster.log; exit 1; }
cat > second.py <<'END'
import os, sys
import ray

changed = []


def expect(what, seen, told):
    print(f"  {what}: {seen!r}" + ("" if seen == told else f", told: {told!r}"))
    if seen != told:
        changed.append(what)


os.chdir("second")
print(f"ray {ray.__version__}; ray start --head was called in first/, with 2 processors; a program in second/:")
ray.init(log_to_driver=False, logging_level="ERROR")
expect("processors after ray.init()", int(ray.cluster_resources()["CPU"]), 2)


@ray.remote
def where():
    return os.path.basename(os.getcwd())


expect("folder of its tasks", ray.get(where.remote()), "first")
ray.shutdown()
ray.init(address="local", num_cpus=3, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
expect('processors after ray.init(address="local", num_cpus=3)', int(ray.cluster_resources()["CPU"]), 3)
ray.shutdown()
print("changed: " + "; ".join(changed) if changed else "as told")
sys.exit(bool(changed))
END
venv/bin/python second.py
