#!/bin/sh
# Uploads the check configs on disk, after a yes: scripts/upload_checks.sh 2x
set -eu
main=${AUDIT_LOAD_TEST_MAIN:-$(dirname "$0")/../dist/main.js}
load=${1:-}
case ${load%x} in
'' | *[!0-9]*)
  echo "usage: scripts/upload_checks.sh <load>, for example: scripts/upload_checks.sh 2x" >&2
  exit 2
  ;;
esac

review=$(node "$main" reviewConfigs --json) || exit 1
field() { printf '%s' "$review" | node -p "JSON.parse(require('fs').readFileSync(0, 'utf8')).$1"; }
if [ "$(field load)" != "${load%x}" ]; then
  echo "The disk holds $(field load)x, not ${load%x}x. Nothing was uploaded." >&2
  exit 1
fi
echo "$(field summary)"
echo "$(field filesChanged) files differ from the baseline; all of them: $(field changesFile)"
question="Upload the ${load%x}x configs (review $(field reviewId))? (y/n)"
if [ ! -t 0 ]; then
  echo "$question"
  exit 1
fi
printf '%s ' "$question"
read -r answer || answer=
case $answer in
y | Y | yes | YES | Yes) exec node "$main" uploadChecks --reviewId "$(field reviewId)" --approved ;;
*) echo "Nothing was uploaded." && exit 1 ;;
esac
