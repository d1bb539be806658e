#!/bin/sh
# Uploads the DAG and the cluster configs. Shows LOAD, asks for another, and asks before it overwrites; with arguments
# (--load 4 --overwrite) it asks nothing that uploadDags does not ask.
set -eu
root=$(dirname "$0")/..
main=${AUDIT_LOAD_TEST_MAIN:-$root/dist/main.js}
[ $# -eq 0 ] || exec node "$main" uploadDags "$@"

set_in_env=$(sed -n 's/^DAG_FILE=//p' "$root/.env" 2>/dev/null | tail -n 1 | tr -d "\"'")
dag=${DAG_FILE:-${set_in_env:-$root/dags/yang_audit_load_test.py}}
now=$(sed -n 's/^LOAD *\(: *[a-z]* *\)\{0,1\}= *["'\'']\{0,1\}\([0-9]*\).*/\2/p' "$dag" | head -n 1)
printf 'LOAD is %s in %s.' "${now:-unknown}" "$dag"
question='and overwrite the DAG in the bucket? (y/n)'
if [ ! -t 0 ]; then
  printf '\nUpload with LOAD %s %s\n' "${now:-unknown}" "$question"
  exit 1
fi
printf ' Another load, or Enter to keep it: '
read -r load || exit 1
printf 'Upload with LOAD %s %s ' "${load:-$now}" "$question"
read -r answer || answer=
case $answer in
y | Y | yes | YES | Yes) ;;
*) echo "Nothing was uploaded." && exit 1 ;;
esac
load=${load:-$now}
# shellcheck disable=SC2086
exec node "$main" uploadDags ${load:+--load $load} --overwrite
