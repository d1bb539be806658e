#!/usr/bin/env bash
# The same calls against the sandbox and against moto, an independent imitation of AWS written in Python.
# Makes a virtual environment (kept under node_modules/.cache, or where MOTO_VENV says), starts moto on a free port
# of 127.0.0.1, runs the suite, stops moto. Arguments go to vitest.
set -euo pipefail
cd "$(dirname "$0")/../.."

python="${PYTHON:-python3}"
if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
  echo "moto contract: skipped, because there is no $python with venv on this machine"
  exit 0
fi

venv="${MOTO_VENV:-node_modules/.cache/moto-venv}"
requirements=test/moto/requirements.txt
if ! cmp -s "$requirements" "$venv/installed.txt"; then
  rm -rf "$venv"
  "$python" -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$requirements"
  cp "$requirements" "$venv/installed.txt"
fi

port="$("$venv/bin/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')"
log="$(mktemp)"
"$venv/bin/moto_server" -H 127.0.0.1 -p "$port" >"$log" 2>&1 &
moto=$!
trap 'kill "$moto" 2>/dev/null || true; wait "$moto" 2>/dev/null || true; rm -f "$log"' EXIT

export MOTO_ENDPOINT="http://127.0.0.1:$port"
for attempt in $(seq 1 150); do
  if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then break; fi
  if ! kill -0 "$moto" 2>/dev/null || [ "$attempt" -eq 150 ]; then
    echo "moto contract: moto did not start:" >&2
    cat "$log" >&2
    exit 1
  fi
  sleep 0.2
done

npx vitest run --config test/moto/vitest.config.ts "$@"
