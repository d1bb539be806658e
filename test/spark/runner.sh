#!/usr/bin/env bash
# Runs dags/audit_runner/audit_runner.py by spark-submit on the tables of make_logs.py, with configs and results on local
# disk through Spark's own file system: what passes, what is violated, what cannot run.
# Usage: runner.sh <spark folder> <iceberg jar>
set -euo pipefail
folder=$1 jar=$2
root=$(cd "$(dirname "$0")/../.." && pwd)
runner=$root/dags/audit_runner/audit_runner.py
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$folder/python/bin/pip" install --quiet --disable-pip-version-check pyyaml

# spark-submit sends what Python writes to its own stdout, traceback included.
submit() { # <check> <expected exit code>
  local code=0
  env -u AWS_ENDPOINT_URL PYSPARK_PYTHON="$folder/python/bin/python" "$folder/python/bin/spark-submit" \
    --master 'local[2]' --name "$1_2x" --driver-class-path "$jar" \
    --conf spark.ui.enabled=false --conf spark.driver.host=127.0.0.1 --conf spark.sql.session.timeZone=UTC \
    --conf spark.sql.catalog.local=org.apache.iceberg.spark.SparkCatalog --conf spark.sql.catalog.local.type=hadoop \
    --conf "spark.sql.catalog.local.warehouse=file://$folder/warehouse" \
    "$runner" --config "file://$work/$1.yml" --load 2 --results "file://$work/results/" --run-id 'manual__2026-01-11T00:00:00+00:00' \
    --now '2026-01-11 00:00:00' >"$work/$1.err" 2>&1 || code=$?
  [ "$code" = "$2" ] || { cat "$work/$1.err"; echo "$1 ended with $code, not with $2"; exit 1; }
}
status() { "$folder/python/bin/python" -c "import json,sys; r=json.load(open(sys.argv[1])); print(r['status'], *[c['found'] for c in r['checks']])" "$work/results/$1/manual__2026-01-11T00_00_00_00_00.json"; }
expect() { [ "$1" = "$2" ] || { echo "found '$1', expected '$2'"; exit 1; }; }

cat >"$work/check_both_daily.yml" <<'END'
name: check_both_daily
table: local.db.events
checks:
  - where: ts >= current_timestamp - INTERVAL '2' day
    violation: value < 0
  - query: SELECT count(DISTINCT kind) FROM local.db.events WHERE ts >= current_timestamp - INTERVAL '2' day
    expect: 5
END
cat >"$work/check_violated_daily.yml" <<'END'
table: local.db.events
where: ts >= current_timestamp - INTERVAL '2' day
END
cat >"$work/check_column_daily.yml" <<'END'
table: local.db.events
where: no_such_column >= current_timestamp - INTERVAL '2' day
END
# What JSON has no type for: a decimal and a date.
cat >"$work/check_types_daily.yml" <<'END'
checks:
  - query: SELECT CAST(12.5 AS DECIMAL(10, 2))
    expect: 12.5
  - query: SELECT DATE '2026-01-10'
    expect: 2026-01-10
END
submit check_both_daily 0
expect "$(status check_both_daily)" 'passed 0 5'
submit check_violated_daily 1
expect "$(status check_violated_daily)" 'violated 40000'
submit check_types_daily 0
expect "$(status check_types_daily)" 'passed 12.50 2026-01-10'
submit check_column_daily 1
expect "$(status check_column_daily)" 'error'
grep -q UNRESOLVED_COLUMN "$work/check_column_daily.err"
echo "the reference runner: four configs as expected"
