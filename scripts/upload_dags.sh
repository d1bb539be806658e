#!/bin/sh
# Uploads the DAG and the cluster configs. On a terminal: shows LOAD, asks for another, and asks before it overwrites.
set -eu
main=${AUDIT_LOAD_TEST_MAIN:-$(dirname "$0")/../dist/main.js}
[ -t 0 ] || exec node "$main" uploadDags "$@"

dag=${DAG_FILE:-$(dirname "$0")/../dags/yang_audit_load_test.py}
now=$(sed -n 's/^LOAD *\(: *[a-z]* *\)\{0,1\}= *["'\'']\{0,1\}\([0-9]*\).*/\2/p' "$dag" | head -n 1)
printf 'LOAD is %s in %s. Another load, or Enter to keep it: ' "${now:-unknown}" "$dag"
read -r load || exit 1
printf 'Upload with LOAD %s and overwrite the DAG in the bucket? (y/n) ' "${load:-$now}"
read -r answer || answer=
case $answer in
y | Y | yes | YES | Yes) ;;
*) echo "Nothing was uploaded." && exit 1 ;;
esac
exec node "$main" uploadDags --load "${load:-$now}" --overwrite "$@"
