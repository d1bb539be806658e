#!/usr/bin/env bash
# Makes Spark event logs with PySpark 3.5 and 4.0 and Iceberg, asks Spark's own history server about them, and runs the
# tests of the reader on them; the reference runner runs with both. `test/spark/run.sh fixtures` also replaces test/fixtures/spark by them.
# Needs Java 17 and Python 3 with venv, and 1.5 GB of disk: without them it says "skipped" and ends well, unless CI=true.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=${SPARK_WORK:-/tmp/audit-spark}

if ! java -version >/dev/null 2>&1 || ! python3 -c 'import venv, ensurepip' 2>/dev/null; then
  echo "skipped: Spark's event logs need Java 17 and Python 3 with venv" >&2
  [ "${CI:-}" != true ]
  exit
fi

maven=https://repo1.maven.org/maven2/org/apache/iceberg
iceberg=1.10.1
mkdir -p "$work"
# Call sites in the logs name this file.
cp "$here/make_logs.py" "$work/make_logs.py"
export SPARK_LOCAL_IP=127.0.0.1
cd "$work" # the logs name the folder that Spark was started in
for version in 3.5.6:3.5_2.12 4.0.1:4.0_2.13; do
  spark=${version%%:*} binary=${version##*:}
  name=spark-${spark%.*}
  if [ ! -x "$work/$name/python/bin/spark-submit" ]; then
    python3 -m venv "$work/$name/python"
    "$work/$name/python/bin/pip" install --quiet --disable-pip-version-check "pyspark==$spark"
  fi
  jar=iceberg-spark-runtime-$binary-$iceberg.jar
  [ -f "$work/$jar" ] || curl -sSf -o "$work/$jar" "$maven/iceberg-spark-runtime-$binary/$iceberg/$jar"
  echo "== Spark $spark"
  PYSPARK_PYTHON=$work/$name/python/bin/python "$work/$name/python/bin/python" "$work/make_logs.py" \
    --work "$work/$name" --jar "$work/$jar" --out "$work/$name/logs" 2>"$work/$name/spark.log" || {
    tail -40 "$work/$name/spark.log"
    exit 1
  }
  "$work/$name/python/bin/python" "$here/history.py" --work "$work/$name" --out "$work/$name/logs/history.json"
  bash "$here/runner.sh" "$work/$name" "$work/$jar"
  if [ "${1:-}" = fixtures ]; then
    rm -rf "$root/test/fixtures/spark/$name"
    mkdir -p "$root/test/fixtures/spark"
    cp -r "$work/$name/logs" "$root/test/fixtures/spark/$name"
  fi
done

# Where the tests look for the logs instead of test/fixtures/spark.
cd "$root"
SPARK_LOGS=$work npx vitest run test/report/evidence
