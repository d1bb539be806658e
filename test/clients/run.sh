#!/usr/bin/env bash
# Clients that others wrote, against the server that was built: each from a pinned version, installed in a folder that
# is removed again. A client that cannot be installed is skipped, with its reason; nothing else is.
set -u
cd "$(dirname "$0")/../.."

inspector=1.0.3   # the last that runs on Node 20; npm's engines warning is about its web page
client=2.4.0
conformance=0.1.13
mcpb=2.1.2
python_mcp=1.30.0

[ -f dist/main.js ] || npm run -s build || exit 1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
passed=0 failed=0 skipped=0

# run <name> <command...>
run() {
  local name=$1
  shift
  if "$@"; then passed=$((passed + 1)); else
    failed=$((failed + 1))
    echo "$name: FAILED"
  fi
}

skip() {
  skipped=$((skipped + 1))
  echo "$1: skipped: $2"
}

# from_npm <name> <package@version>: installs it into $folder/<name>
from_npm() {
  mkdir -p "$folder/$1" && npm install --prefix "$folder/$1" --ignore-scripts --no-audit --no-fund --loglevel=error "$2" \
    >"$folder/$1.log" 2>&1 || {
    skip "$1" "$2 could not be installed: $(tail -1 "$folder/$1.log")"
    return 1
  }
}

in_sandbox() { node test/clients/withSandbox.mjs "$@" 2>"$folder/stderr.log" || {
  cat "$folder/stderr.log"
  return 1
}; }

from_npm inspector "@modelcontextprotocol/inspector@$inspector" &&
  run inspector in_sandbox node test/clients/inspector.mjs "$folder/inspector/node_modules/.bin/mcp-inspector"

if python3 -m venv "$folder/venv" >"$folder/venv.log" 2>&1 &&
  "$folder/venv/bin/pip" install -q "mcp==$python_mcp" jsonschema==4.26.0 >"$folder/venv.log" 2>&1; then
  run python in_sandbox "$folder/venv/bin/python" test/clients/story.py
else
  skip python "mcp $python_mcp could not be installed: $(tail -1 "$folder/venv.log")"
fi

from_npm client "@modelcontextprotocol/client@$client" &&
  run client in_sandbox node test/clients/v2.mjs "$folder/client"

from_npm conformance "@modelcontextprotocol/conformance@$conformance" &&
  run conformance node test/clients/conformance.mjs "$folder/conformance/node_modules/.bin/conformance"

pack_bundle() {
  local tool="$folder/mcpb/node_modules/.bin/mcpb"
  node bundle.mjs mcpb "$folder/bundle" &&
    "$tool" validate "$folder/bundle/manifest.json" &&
    "$tool" pack "$folder/bundle" "$folder/audit-load-test.mcpb" >"$folder/pack.log" || return 1
  grep -E 'package size|total files' "$folder/pack.log"
  "$tool" unpack "$folder/audit-load-test.mcpb" "$folder/unpacked" >/dev/null &&
    [ "$(node "$folder/unpacked/server/main.js" --version)" = "$(node -p 'require("./package.json").version')" ]
}
from_npm mcpb "@anthropic-ai/mcpb@$mcpb" && run mcpb pack_bundle

# The runner of the scenarios, with a stand-in for the model.
ideal="node $PWD/evals/idealModel.mjs {config}"
run evals env EVAL_COMMAND="$ideal" EVAL_CONTINUE="$ideal" node evals/run.mjs start-2x approved edited-after-review 2>/dev/null

echo "clients: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
