"""The reference audit runner: runs the checks of one config on Iceberg tables and writes one result.

    spark-submit audit_runner.py --config s3://…/check_orders_daily.yml --load 2 --results s3://…/daily/2x/ --run-id R

A config is YAML, one check or a list of them under `checks`:

    table: lake.orders
    where: created_at >= current_timestamp - INTERVAL '1' day   # the rows that are audited
    violation: total < 0                                        # which of them are wrong; without it, all of them
    expect: 0                                                   # 0 when left out

    query: SELECT count(DISTINCT …) FROM …                      # or: SQL whose first value is compared with `expect`

`${ts_start}` and `${ts_end}` in the SQL are the window of the run. Exits with 1 if a check finds something else than it
expects, or cannot run. The load test needs no change here: a level is a longer interval in the config.

Run with Spark 3.5 and 4.0 and Iceberg 1.10, on local disk and against an S3 endpoint (AWS_ENDPOINT_URL, with boto3).
Not run on EMR: there, configs and results go through Spark's own file system, and PyYAML must be installed.
"""

import argparse
import json
import os
import re
import sys
import traceback
from datetime import datetime, timezone

import yaml
from pyspark.sql import SparkSession


def parse_arguments(words):
    parser = argparse.ArgumentParser(description="Runs the checks of one config.")
    parser.add_argument("--config", required=True, help="the URI of the check config")
    parser.add_argument("--load", required=True, help="the load level, for the name of the application")
    parser.add_argument("--results", required=True, help="the URI below which the result is written")
    parser.add_argument("--run-id", required=True, help="Airflow's run id, part of the result's name")
    parser.add_argument("--ts-start", help="hourly: the start of the window")
    parser.add_argument("--ts-end", help="hourly: the end of the window")
    parser.add_argument("--now", help="stands for current_timestamp, so that a window can be repeated")
    return parser.parse_args(words)


def main(words):
    arguments = parse_arguments(words)
    stem = re.sub(r"\.ya?ml$", "", arguments.config.rsplit("/", 1)[-1])
    # The name of the step: it tells which event log belongs to which check.
    spark = SparkSession.builder.appName(f"{stem}_{arguments.load}x").getOrCreate()
    context = spark.sparkContext
    print(f"application {context.applicationId}", file=sys.stderr, flush=True)
    result = {
        "check": stem,
        "load": int(arguments.load),
        "run_id": arguments.run_id,
        "application_id": context.applicationId,
        "spark_version": spark.version,
        "iceberg_version": iceberg_version(spark),
        "started_at": utc_now(),
        "checks": [],
    }
    try:
        for check in checks_in(read_text(spark, arguments.config)):
            result["checks"].append(run_check(spark, check, arguments))
        result["status"] = "passed" if all(one["passed"] for one in result["checks"]) else "violated"
    except Exception as error:
        result["status"] = "error"
        result["error"] = str(error)
        # What ended the check is the last thing in the driver's log.
        traceback.print_exc()
    result["ended_at"] = utc_now()
    if result["status"] != "error" or is_alive(spark):
        write_text(spark, result_uri(arguments, stem), json.dumps(result, indent=2, default=str))
    return 0 if result["status"] == "passed" else 1


def checks_in(text):
    """The checks of a config, each with what stands above the list."""
    config = yaml.safe_load(text)
    if not isinstance(config, dict):
        raise ValueError("the config is not a mapping")
    shared = {key: value for key, value in config.items() if key != "checks"}
    return [{**shared, **check} for check in config.get("checks") or [{}]]


def run_check(spark, check, arguments):
    sql = filled(sql_of(check), arguments)
    print(f"running {sql}", file=sys.stderr, flush=True)
    row = spark.sql(sql).first()
    found = 0 if row is None or row[0] is None else row[0]
    expected = check.get("expect", 0)
    passed = found == expected
    if not passed:
        print(f"found {found}, expected {expected}", file=sys.stderr, flush=True)
    return {"sql": sql, "found": found, "expected": expected, "passed": passed}


def sql_of(check):
    """Counts violations through the rows: a bare count(*) is answered out of Iceberg's metadata and reads none."""
    if "query" in check:
        return check["query"]
    if "table" not in check or "where" not in check:
        raise ValueError("the check has neither a query nor a table with a where")
    violation = check.get("violation", "true")
    return f"SELECT sum(CASE WHEN {violation} THEN 1 ELSE 0 END) FROM {check['table']} WHERE {check['where']}"


def filled(sql, arguments):
    for name, value in (("ts_start", arguments.ts_start), ("ts_end", arguments.ts_end)):
        if "${" + name + "}" in sql and value is None:
            raise ValueError(f"the SQL has {name}, and the step gives none")
        sql = sql.replace("${" + name + "}", value or "")
    if arguments.now:
        sql = re.sub(r"\b(?:current_timestamp\b(?:\(\))?|now\(\))", f"TIMESTAMP '{arguments.now}'", sql, flags=re.I)
    return sql


def result_uri(arguments, stem):
    # A colon is not allowed in a path of Hadoop.
    run = re.sub(r"[^A-Za-z0-9._-]", "_", arguments.run_id)
    return f"{arguments.results.rstrip('/')}/{stem}/{run}.json"


def read_text(spark, uri):
    if os.environ.get("AWS_ENDPOINT_URL"):
        bucket, key = bucket_and_key(uri)
        return s3().get_object(Bucket=bucket, Key=key)["Body"].read().decode("utf-8")
    path, system = hadoop_path(spark, uri)
    stream = system.open(path)
    try:
        return spark._jvm.org.apache.commons.io.IOUtils.toString(stream, "UTF-8")
    finally:
        stream.close()


def write_text(spark, uri, text):
    if os.environ.get("AWS_ENDPOINT_URL"):
        bucket, key = bucket_and_key(uri)
        s3().put_object(Bucket=bucket, Key=key, Body=text.encode("utf-8"))
        return
    path, system = hadoop_path(spark, uri)
    stream = system.create(path, True)
    try:
        stream.write(bytearray(text, "utf-8"))
    finally:
        stream.close()


def hadoop_path(spark, uri):
    path = spark._jvm.org.apache.hadoop.fs.Path(uri)
    return path, path.getFileSystem(spark._jsc.hadoopConfiguration())


def bucket_and_key(uri):
    found = re.match(r"s3[an]?://([^/]+)/(.+)$", uri)
    if found is None:
        raise ValueError(f"not an S3 URI: {uri}")
    return found.groups()


def s3():
    import boto3

    return boto3.client("s3")


def iceberg_version(spark):
    try:
        return spark._jvm.org.apache.iceberg.IcebergBuild.version()
    except Exception:
        return None


def is_alive(spark):
    """A driver that ran out of memory can write nothing."""
    try:
        return not spark.sparkContext._jsc.sc().isStopped()
    except Exception:
        return False


def utc_now():
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
