#!/usr/bin/env bash
# Clients that others wrote, against the server that was built: each from a pinned version, installed in a folder that
# is removed again. A client that cannot be installed is skipped, with its reason, or fails where CI=true; nothing else
# is skipped.
set -u
cd "$(dirname "$0")/../.."

node=22.23.3   # for Inspector and the conformance suite, which do not run on Node 20; the server runs on the Node that runs this
inspector=2.12.0
claude=2.1.332
conformance=0.2.0-alpha.12   # the first that knows 2026-07-28
mcpb=2.1.2
python_mcp=2.3.0   # with jsonschema, which judges the manifests
registry=1.8.9
vscode=37.6.1   # the release of the package that carries VS Code's modules
cursor=5.2.0

[ -f dist/main.js ] || npm run -s build || exit 1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
passed=0 failed=0 skipped=0 judges=false

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
  if [ "${CI:-}" = true ]; then
    failed=$((failed + 1))
    echo "$1: FAILED: $2"
  else
    skipped=$((skipped + 1))
    echo "$1: skipped: $2"
  fi
}

# from_npm <name> <package@version> [npm's option...]: installs it into $folder/<name>
from_npm() {
  local name=$1 package=$2
  shift 2
  mkdir -p "$folder/$name" && npm install --prefix "$folder/$name" --ignore-scripts --no-audit --no-fund --loglevel=error "$@" "$package" \
    >"$folder/$name.log" 2>&1 || {
    skip "$name" "$package could not be installed: $(tail -1 "$folder/$name.log")"
    return 1
  }
}
# Where a package's own script fetches its binary.
scripts=--ignore-scripts=false

in_sandbox() { node test/clients/withSandbox.mjs "$@" 2>"$folder/stderr.log" || {
  cat "$folder/stderr.log"
  return 1
}; }

from_npm node "node@$node" $scripts
newer_node="$folder/node/node_modules/node/bin:$PATH"
from_npm inspector "@modelcontextprotocol/inspector@$inspector" &&
  for era in legacy modern; do
    run "inspector $era" in_sandbox env INSPECTOR_PATH="$newer_node" node test/clients/inspector.mjs "$folder/inspector/node_modules/.bin/mcp-inspector" $era
  done

if python3 -m venv "$folder/venv" >"$folder/venv.log" 2>&1 &&
  "$folder/venv/bin/pip" install -q "mcp==$python_mcp" jsonschema==4.26.0 >"$folder/venv.log" 2>&1; then
  judges=true
  for mode in auto legacy 2026-07-28; do
    run "python $mode" in_sandbox "$folder/venv/bin/python" test/clients/story.py $mode
  done
else
  skip python "mcp $python_mcp could not be installed: $(tail -1 "$folder/venv.log")"
fi

# judge <schema> <file> <what laid over the file must be refused>
judge() { "$folder/venv/bin/python" test/clients/judge.py "$@" && echo "$2: valid"; }

# The registry's own module ships the schemas that it validates with; its publisher's `validate` asks the registry.
judge_registry() {
  local schema
  schema=$(node -p 'require("./server.json").$schema.match(/schemas\/([^/]+)/)[1]')
  judge "$1/internal/validators/schemas/$schema.json" server.json '{"name": "without-a-namespace"}'
}
if $judges && command -v go >/dev/null &&
  GOMODCACHE="$folder/go" GOFLAGS='-modcacherw -mod=mod' go mod download -json "github.com/modelcontextprotocol/registry@v$registry" \
    >"$folder/registry.json" 2>"$folder/registry.log"; then
  run registry judge_registry "$(node -p 'require(process.argv[1]).Dir' "$folder/registry.json")"
else
  skip registry "go, Python's jsonschema or the registry's module $registry could not be had: $(tail -1 "$folder/registry.log" 2>/dev/null)"
fi

judge_vscode() {
  node test/clients/vscodeSchema.mjs "$folder/vscode" >"$folder/vscode.json" &&
    judge "$folder/vscode.json" .vscode/mcp.json '{"mcpServers": {}}'
}
if ! $judges; then
  skip vscode "Python's jsonschema could not be installed"
elif from_npm vscode "@codingame/monaco-vscode-api@$vscode"; then
  run vscode judge_vscode
fi

# Cursor publishes no schema; this is what others hold its file to.
judge_cursor() {
  node --input-type=module -e '
    import { readFileSync } from "node:fs";
    import { createRequire } from "node:module";
    const { validateGeneratedConfig: judge } = createRequire(process.argv[1])("@gleanwork/mcp-config-schema");
    const file = JSON.parse(readFileSync(".cursor/mcp.json", "utf8"));
    const { success, error } = judge(file, "cursor");
    if (!success || judge({ servers: file.mcpServers }, "cursor").success) throw error ?? new Error("it accepts everything");
    console.log(".cursor/mcp.json: valid");
  ' "$folder/cursor/"
}
from_npm cursor "@gleanwork/mcp-config-schema@$cursor" && run cursor judge_cursor

for mode in auto legacy 2026-07-28; do
  run "v2 client $mode" in_sandbox node test/clients/v2.mjs $mode
done

from_npm conformance "@modelcontextprotocol/conformance@$conformance" &&
  run conformance env SUITE_PATH="$newer_node" node test/clients/conformance.mjs "$folder/conformance/node_modules/.bin/conformance"

# Its home is a folder of its own: nobody is logged in there, and nothing of the user's is read or written.
mkdir -p "$folder/claude-code"
from_npm claude "@anthropic-ai/claude-code@$claude" $scripts &&
  run claude in_sandbox node test/clients/claude.mjs "$folder/claude/node_modules/.bin/claude" "$folder/claude-code"

pack_bundle() {
  local tool="$folder/mcpb/node_modules/.bin/mcpb"
  node tooling/bundle.mjs "$folder/bundle" &&
    cp mcpb/manifest.json plugin/.claude-plugin/icon.png "$folder/bundle" &&
    "$tool" validate "$folder/bundle/manifest.json" &&
    "$tool" pack "$folder/bundle" "$folder/audit-load-test.mcpb" >"$folder/pack.log" || return 1
  grep -E 'package size|total files' "$folder/pack.log"
  # It runs wherever it is unpacked, also below a package of CommonJS.
  mkdir -p "$folder/elsewhere" && echo '{ "type": "commonjs" }' >"$folder/elsewhere/package.json" || return 1
  "$tool" unpack "$folder/audit-load-test.mcpb" "$folder/elsewhere/bundle" >/dev/null &&
    [ "$(node "$folder/elsewhere/bundle/server/main.js" --version)" = "$(node -p 'require("./package.json").version')" ] &&
    # Its settings come from the client's form, and a fix says so.
    (cd "$folder" && S3_BUCKET=No node elsewhere/bundle/server/main.js checkSetup | grep -q "Correct S3_BUCKET in the extension's settings")
}
from_npm mcpb "@anthropic-ai/mcpb@$mcpb" && run mcpb pack_bundle

# The runner of the scenarios, with a stand-in for the model.
ideal="node $PWD/evals/idealModel.mjs {config}"
run evals env EVAL_COMMAND="$ideal" EVAL_CONTINUE="$ideal" node evals/run.mjs start-2x approved edited-after-review 2>/dev/null

echo "clients: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
