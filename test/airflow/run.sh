#!/usr/bin/env bash
# The DAG in real Airflow: each version in a virtual environment of its own under .venv/, made anew when its
# requirement file has changed. `test/airflow/run.sh 3` runs one version; what follows it goes to pytest.
# Needs dist/main.js (npm run build), and Python 3.11 or 3.12 with venv: without Python it says "skipped" and ends well,
# unless CI=true: there a suite that did not run must not count as passed.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
cd "$here" # where pytest looks for the modules of the tests

python=""
for candidate in python3.11 python3.12 python3; do
  if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12)))' 2>/dev/null; then
    python=$candidate
    break
  fi
done
if [ -z "$python" ]; then
  if [ "${CI:-}" = true ]; then
    echo "failed: the DAG's tests need Python 3.11 or 3.12 with venv; neither was found" >&2
    exit 1
  fi
  echo "skipped: the DAG's tests need Python 3.11 or 3.12 with venv; neither was found"
  exit 0
fi
[ -f "$root/dist/main.js" ] || { echo "dist/main.js is missing: npm run build" >&2; exit 1; }

versions="3 2 2.9"
case "${1:-}" in 3 | 2 | 2.9) versions=$1; shift ;; esac

failed=0
for version in $versions; do
  lock=$here/requirements-airflow$version.txt
  environment=$root/.venv/airflow$version
  if ! cmp -s "$lock" "$environment/installed.txt"; then
    rm -rf "$environment"
    "$python" -m venv "$environment"
    # Every version is in the file: pip has nothing to work out.
    "$environment/bin/pip" install --quiet --disable-pip-version-check --no-deps -r "$lock"
    "$environment/bin/pip" check
    cp "$lock" "$environment/installed.txt"
  fi
  echo "== Airflow $version"
  # What Airflow's own upgrade check would say about the DAG, and the usual rules for the rest (ruff.toml).
  if [ "$version" = 3 ]; then
    "$environment/bin/ruff" check --no-cache "$root/dags" "$here" || failed=1
    "$environment/bin/ruff" format --no-cache --check "$root/dags" "$here" || failed=1
  fi
  # Before 2.10.5 a run that is marked failed leaves its cluster up: only what that changes is tested there.
  scenes=()
  [ "$version" != 2.9 ] || scenes=(test_import.py test_before_paying.py test_by_hand.py)
  "$environment/bin/python" -m pytest -q -p no:cacheprovider "${scenes[@]}" "$@" || failed=1
done
exit "$failed"
