#!/usr/bin/env bash
# Compares the report's percentiles with numpy's. Keeps a virtual environment in node_modules/.cache.
set -euo pipefail
cd "$(dirname "$0")/../.."

python="${PYTHON:-python3}"
if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
  echo "numpy comparison: skipped, because there is no $python with venv on this machine"
  exit 0
fi

venv=node_modules/.cache/numpy-venv
requirements=test/numpy/requirements.txt
if ! cmp -s "$requirements" "$venv/installed.txt"; then
  rm -rf "$venv"
  "$python" -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$requirements"
  cp "$requirements" "$venv/installed.txt"
fi

node bench/run.mjs percentiles | "$venv/bin/python" test/numpy/compare.py
