#!/usr/bin/env bash
# The same calls against the sandbox and against moto, an independent imitation of AWS written in Python.
# Makes a virtual environment (kept under node_modules/.cache, or where MOTO_VENV says), starts moto on a free port
# of 127.0.0.1, runs the suite, stops moto. Arguments go to vitest. Where Go is installed, uploads also go to versitygw,
# an S3 server that verifies signatures; it is built into node_modules/.cache, or is the file that VERSITYGW names.
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

work="$(mktemp -d)"
servers=()
trap 'kill "${servers[@]}" 2>/dev/null || true; wait "${servers[@]}" 2>/dev/null || true; rm -rf "$work"' EXIT

free_port() {
  "$venv/bin/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# start <name> <port> <command…>: returns when the port answers.
start() {
  local name="$1" port="$2" log="$work/$1.log"
  shift 2
  "$@" >"$log" 2>&1 &
  servers+=("$!")
  for attempt in $(seq 1 150); do
    if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then return; fi
    if ! kill -0 "${servers[-1]}" 2>/dev/null || [ "$attempt" -eq 150 ]; then
      echo "moto contract: $name did not start:" >&2
      cat "$log" >&2
      exit 1
    fi
    sleep 0.2
  done
}

port="$(free_port)"
start moto "$port" "$venv/bin/moto_server" -H 127.0.0.1 -p "$port"
export MOTO_ENDPOINT="http://127.0.0.1:$port"

version=v1.8.0
gateway="${VERSITYGW:-node_modules/.cache/versitygw-$version/versitygw}"
if [ ! -x "$gateway" ] && command -v go >/dev/null; then
  GOFLAGS=-mod=mod GOBIN="$PWD/$(dirname "$gateway")" go install "github.com/versity/versitygw/cmd/versitygw@$version" ||
    echo "moto contract: versitygw $version could not be built"
fi
if [ -x "$gateway" ]; then
  port="$(free_port)"
  mkdir "$work/objects" "$work/metadata"
  export ROOT_ACCESS_KEY=AKIAIOSFODNN7EXAMPLE ROOT_SECRET_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
  start versitygw "$port" "$gateway" --quiet --port "127.0.0.1:$port" posix --sidecar "$work/metadata" "$work/objects"
  export VERSITYGW_ENDPOINT="http://127.0.0.1:$port"
else
  echo "moto contract: uploads to versitygw are skipped, because there is no Go on this machine to build it"
fi

npx vitest run --config test/moto/vitest.config.ts "$@"
