"""Makes Spark event logs whose row counts are known beforehand.

A table of DAYS day partitions with ROWS_PER_DAY rows each. Every application below does one thing, gets an event log
of its own and writes what it was designed to read into designed.json. Nothing is computed from the logs.

    python make_logs.py --work FOLDER --jar iceberg-spark-runtime.jar --out FOLDER [application ...]

The folder named by --out then holds one log per application: as Spark wrote it in the applications whose name begins
with codec_, trimmed and packed by gzip in the others.
"""

import argparse
import glob
import gzip
import json
import os
import shutil
import subprocess
import sys
import time

import pyspark
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

DAYS = 10
ROWS_PER_DAY = 20_000
NOW = "2026-01-11 00:00:00"
TABLE = "local.db.events"
SPARK_4 = pyspark.__version__.startswith("4")

APPLICATIONS = {}


def application(**designed):
    """Registers an application; `designed` is what its log must say."""

    def register(run):
        APPLICATIONS[run.__name__] = (run, designed)
        return run

    return register


def options(conf=None, master="local[2]"):
    def attach(run):
        run.conf = conf or {}
        run.master = master
        return run

    return attach


def window(spark, condition, columns="*"):
    """Reads rows through the data: a bare count(*) is answered out of the table's metadata."""
    return spark.sql(f"SELECT {columns} FROM {TABLE} WHERE {condition}")


def violations(spark, condition):
    return window(spark, condition, "sum(CASE WHEN value < 0 THEN 1 ELSE 0 END) AS bad, sum(value) AS total").collect()


def last_days(days):
    return f"ts >= TIMESTAMP '{NOW}' - INTERVAL '{days}' DAY"


@application(rows=1 * ROWS_PER_DAY)
def window_1(spark):
    violations(spark, last_days(1))


@application(rows=2 * ROWS_PER_DAY)
def window_2(spark):
    violations(spark, last_days(2))


@application(rows=4 * ROWS_PER_DAY)
def window_4(spark):
    violations(spark, last_days(4))


@application(rows=DAYS * ROWS_PER_DAY)
def whole_table(spark):
    """A function over the partition column: no partition can be left out."""
    hour = "'yyyy-MM-dd HH'"
    violations(spark, f"date_format(ts, {hour}) >= date_format(TIMESTAMP '{NOW}' - INTERVAL '2' DAY, {hour})")


@application(rows=(DAYS - 2) * ROWS_PER_DAY)
def older_than_2(spark):
    violations(spark, f"ts < TIMESTAMP '{NOW}' - INTERVAL '2' DAY")


@application(rows=(DAYS - 4) * ROWS_PER_DAY)
def older_than_4(spark):
    violations(spark, f"ts < TIMESTAMP '{NOW}' - INTERVAL '4' DAY")


@application(rows=ROWS_PER_DAY, rowsAfterFilter=ROWS_PER_DAY // 4)
def hours_6(spark):
    violations(spark, f"ts >= TIMESTAMP '{NOW}' - INTERVAL '6' HOUR")


@application(rows=ROWS_PER_DAY, rowsAfterFilter=ROWS_PER_DAY // 2)
def hours_12(spark):
    violations(spark, f"ts >= TIMESTAMP '{NOW}' - INTERVAL '12' HOUR")


@application(rows=2 * ROWS_PER_DAY, rowsAfterFilter=None)
def fused_filter(spark):
    """The window and the check's own condition in one Filter: its rows are the violations."""
    window(spark, f"ts >= TIMESTAMP '{NOW}' - INTERVAL '30' HOUR AND value < 10", "id, value").collect()


@application(rows=0, metadataOnly=True)
def metadata_only(spark):
    window(spark, last_days(2), "count(*)").collect()


@application(rows=0, pruned=True)
def pruned(spark):
    window(spark, f"{last_days(2)} AND id IS NULL").collect()


@application(rows=2 * ROWS_PER_DAY)
def by_updated_at(spark):
    """No partition column, but one that follows time: files are left out by their minimum and maximum."""
    violations(spark, f"updated_at >= TIMESTAMP '{NOW}' - INTERVAL '1' DAY")


@application(rowsAtMost=ROWS_PER_DAY, limit=True)
def limited(spark):
    window(spark, f"{last_days(8)} LIMIT 100", "id, value").collect()


@application(rows=2 * ROWS_PER_DAY)
def deletes(spark):
    """Merge-on-read: what the deletes remove is still read."""
    spark.sql("SELECT sum(value) FROM local.db.deleted WHERE " + last_days(2)).collect()


@application(rows=2 * 2 * ROWS_PER_DAY)
def self_join(spark):
    spark.sql(f"""
        SELECT sum(a.value) FROM {TABLE} a JOIN {TABLE} b ON a.id = b.id AND a.kind = b.kind
        WHERE a.{last_days(2)} AND b.{last_days(2)}""").collect()


@application(rows=2 * ROWS_PER_DAY)
def reused_exchange(spark):
    spark.sql(f"""
        WITH g AS (
          SELECT kind, id % 100 AS k, sum(value) AS v FROM {TABLE} WHERE {last_days(2)} GROUP BY kind, id % 100)
        SELECT sum(x.v + y.v) FROM g x JOIN g y ON x.k = y.k AND x.kind = y.kind""").collect()


@application(rows=2 * ROWS_PER_DAY)
def cached(spark):
    frame = window(spark, last_days(2)).cache()
    for modulus in (2, 3, 5):
        frame.where(f"id % {modulus} = 0").agg(F.sum("value")).collect()


@application(rows=2 * ROWS_PER_DAY, source="records")
def through_rdd(spark):
    """Python works on the rows of an RDD: the scan is in no SQL execution."""
    window(spark, last_days(2), "id, value").rdd.map(lambda row: row.value).sum()


@application(rows=2 * ROWS_PER_DAY, python=True)
def python_udf(spark):
    @F.udf("double")
    def slow(value):
        total = 0.0
        for step in range(1500):
            total += value * step
        return total

    window(spark, last_days(2), "id, value").repartition(4).select(F.sum(slow("value"))).collect()


@application(rows=4 * ROWS_PER_DAY, skewed=True)
@options({"spark.sql.adaptive.coalescePartitions.enabled": "false", "spark.sql.shuffle.partitions": "16"})
def skewed(spark):
    """Nine of ten rows have one key, and the work is done after the shuffle."""
    spark.sql(f"""
        SELECT k, max(sha2(repeat(cast(v AS string), 4000), 512)) FROM (
          SELECT k, sum(value) OVER (PARTITION BY k ORDER BY id) AS v FROM (
            SELECT id, value, CASE WHEN id % 10 = 0 THEN id % 160 ELSE 7 END AS k FROM {TABLE} WHERE {last_days(4)}))
        GROUP BY k""").collect()


@application(rows=2 * ROWS_PER_DAY, onePartition=True)
def one_partition(spark):
    """A window function without PARTITION BY: one task does the work."""
    spark.sql(f"""
        SELECT max(n) FROM (
          SELECT row_number() OVER (ORDER BY sha2(repeat(cast(value AS string), 2000), 512)) AS n
          FROM {TABLE} WHERE {last_days(2)})""").collect()


@application(tinyTasks=200)
@options({"spark.sql.adaptive.enabled": "false", "spark.sql.shuffle.partitions": "200"})
def tiny_tasks(spark):
    """Equal tasks of a few rows: their times differ, their records do not."""
    rows = spark.range(0, 200 * 200, 1, 2).repartition(200)
    rows.groupBy((F.col("id") % 40_000).alias("k")).count().agg(F.sum("k")).collect()


@application(rows=DAYS * ROWS_PER_DAY, spilled=True)
@options({
    "spark.memory.fraction": "0.08",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.autoBroadcastJoinThreshold": "-1",
})
def spilled(spark):
    spark.sql(f"""
        SELECT count(DISTINCT s), max(n) FROM (
          SELECT s, row_number() OVER (PARTITION BY kind ORDER BY s) AS n
          FROM (SELECT kind, repeat(cast(id AS string), 40) AS s FROM {TABLE}))""").collect()


@application(rows=2 * ROWS_PER_DAY, driverBound=True)
def driver_bound(spark):
    """The driver works between two queries, and no task runs."""
    violations(spark, last_days(1))
    time.sleep(6)
    violations(spark, last_days(1))


@application(rows=2 * ROWS_PER_DAY, failedTasks=3)
@options(master="local[2,4]")
def retried(spark):
    """Three attempts of one task fail, the fourth succeeds: the job succeeds."""
    from pyspark import TaskContext

    @F.udf("double")
    def flaky(value):
        context = TaskContext.get()
        if context.partitionId() == 0 and context.attemptNumber() < 3:
            raise ValueError("lost the connection")
        return value

    window(spark, last_days(2), "id, value").select(F.sum(flaky("value"))).collect()


@application(failed=True)
def failed_job(spark):
    """A task fails as often as it may, so the job fails. The runner goes on and ends well: only the job says so."""

    @F.udf("double")
    def broken(value):
        raise ValueError("this check cannot run")

    try:
        window(spark, last_days(2), "id, value").select(F.sum(broken("value"))).collect()
    except Exception:
        pass


@application(failed=SPARK_4, error="bad cast")
def bad_cast(spark):
    """ANSI mode is on in Spark 4: the same SQL passes in 3.5, with NULL."""
    try:
        spark.sql(f"SELECT sum(cast(kind AS int)) FROM {TABLE} WHERE {last_days(1)}").collect()
    except Exception:
        pass


@application(failed=SPARK_4, error="analysis")
def no_such_column(spark):
    """3.5 writes nothing of it into the log."""
    try:
        spark.sql(f"SELECT no_such_column FROM {TABLE}").collect()
    except Exception:
        pass


@application(rows=2 * ROWS_PER_DAY)
def check_token_refresh_15m(spark):
    """Spark redacts what looks like a secret, and a check's name may."""
    violations(spark, last_days(2))


@application(rows=2 * ROWS_PER_DAY, secret=True)
@options({"spark.audit.note": "do-not-show-this-note", "spark.hadoop.fs.example.endpoint": "do-not-show-this-host"})
def environment(spark):
    violations(spark, last_days(2))


@application(rows=2 * ROWS_PER_DAY)
def two_queries(spark):
    """Two checks in one file: two scans of the same table, one day each."""
    violations(spark, last_days(1))
    violations(spark, last_days(1))


@application(rows=2 * ROWS_PER_DAY)
def parquet_files(spark):
    """A table that is not Iceberg's."""
    spark.sql(f"SELECT sum(value) FROM parquet.`{ARGUMENTS.work}/plain` WHERE day >= DATE '2026-01-09'").collect()


CODEC = dict(rows=2 * ROWS_PER_DAY)


@application(**CODEC)
@options({"keep": True})
def codec_default(spark):
    """What Spark writes when nobody says how: 3.5 plain and one file, 4.0 zstd and rolling."""
    violations(spark, last_days(2))


for codec in ("lz4", "snappy", "zstd"):

    def run(spark):
        violations(spark, last_days(2))

    run.__name__ = f"codec_{codec}"
    application(**CODEC)(
        options({
            "keep": True,
            "spark.eventLog.compress": "true",
            "spark.eventLog.compression.codec": codec,
            "spark.eventLog.rolling.enabled": "false",
        })(run)
    )


# Applications that end their JVM, or need one of their own.
def killed(spark):
    """The driver dies in the middle: the log keeps the name of one that is being written."""
    violations(spark, last_days(2))
    print("ready", flush=True)
    spark.range(0, 4, 1, 4).rdd.map(lambda _: time.sleep(60)).count()


def lost_executor(spark):
    """An executor dies with its shuffle files: the stage is done again, the job succeeds."""
    from pyspark import TaskContext

    flag = os.path.join(ARGUMENTS.work, "died")
    if os.path.exists(flag):
        os.remove(flag)

    def die_once(rows):
        if TaskContext.get().partitionId() == 0 and not os.path.exists(flag):
            open(flag, "w").close()
            time.sleep(2)
            import signal

            # The Python worker's parent is its daemon, and that one's parent the executor.
            daemon = int(open(f"/proc/{os.getpid()}/stat").read().rsplit(")", 1)[1].split()[1])
            executor = int(open(f"/proc/{daemon}/stat").read().rsplit(")", 1)[1].split()[1])
            os.kill(executor, signal.SIGKILL)
            time.sleep(30)
        return iter(rows)

    frame = window(spark, last_days(4), "id, value, kind").repartition(4, "id")
    print(frame.rdd.mapPartitions(die_once).count(), flush=True)


killed.conf, killed.master = {}, "local[2]"
lost_executor.conf, lost_executor.master = {"spark.executor.memory": "512m"}, "local-cluster[2,1,512]"
ALONE = {
    "killed": (killed, dict(rows=2 * ROWS_PER_DAY, unfinished=True)),
    "lost_executor": (lost_executor, dict(rows=4 * ROWS_PER_DAY, lostExecutors=1)),
}


def session(name, number, run):
    conf = {
        "spark.ui.enabled": "false",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.jars": ARGUMENTS.jar,
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.catalog.local": "org.apache.iceberg.spark.SparkCatalog",
        "spark.sql.catalog.local.type": "hadoop",
        "spark.sql.catalog.local.warehouse": f"file://{ARGUMENTS.work}/warehouse",
        "spark.sql.extensions": "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
        "spark.sql.shuffle.partitions": "4",
        "spark.python.worker.reuse": "true",
    }
    if name is not None:
        folder = f"{ARGUMENTS.work}/events/{name}"
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        conf |= {
            "spark.eventLog.enabled": "true",
            "spark.eventLog.dir": f"file://{folder}",
            "spark.test.appId": f"application_1767225600000_{number:04d}",
        }
        if not run.conf.get("keep"):
            conf |= {"spark.eventLog.rolling.enabled": "false", "spark.eventLog.compress": "false"}
        conf |= {key: value for key, value in run.conf.items() if key != "keep"}
    builder = SparkSession.builder.appName(f"{name or 'tables'}_2x").master(run.master if run else "local[2]")
    for key, value in conf.items():
        builder = builder.config(key, value)
    return builder.getOrCreate()


def make_tables():
    # First of all: what the first session of a JVM sets is the default of all later ones.
    spark = session(None, 0, None)
    if os.path.exists(f"{ARGUMENTS.work}/plain/_SUCCESS"):
        spark.stop()
        return
    spark.sql(f"""
        CREATE TABLE {TABLE} (id bigint, ts timestamp, updated_at timestamp, value double, kind string)
        USING iceberg PARTITIONED BY (days(ts))""")
    rows = DAYS * ROWS_PER_DAY
    step = 86_400_000_000 // ROWS_PER_DAY
    start = f"TIMESTAMP '{NOW}' - INTERVAL '{DAYS}' DAY"
    source = (
        spark.range(0, rows, 1, DAYS)
        .selectExpr("id", f"timestamp_micros(unix_micros({start}) + id * {step}) AS ts", "id % 1000 / 10D AS value",
                    "concat('kind_', id % 5) AS kind")
        # A row is updated twelve hours after it is made, so a day of updates lies in two days of files.
        .selectExpr("id", "ts", "ts + INTERVAL '12' HOUR AS updated_at", "value", "kind")
    )
    source.writeTo(TABLE).append()
    spark.sql(f"""
        CREATE TABLE local.db.deleted USING iceberg PARTITIONED BY (days(ts))
        TBLPROPERTIES ('write.delete.mode'='merge-on-read', 'format-version'='2') AS SELECT * FROM {TABLE}""")
    spark.sql("DELETE FROM local.db.deleted WHERE id % 10 = 0")
    plain = spark.table(TABLE).selectExpr("id", "value", "date(ts) AS day")
    plain.write.partitionBy("day").parquet(f"{ARGUMENTS.work}/plain")
    spark.stop()


def trimmed(line):
    """The environment section is most of a short log: what no test reads of it is left out."""
    if not line.startswith(b'{"Event":"SparkListenerEnvironmentUpdate"'):
        return line
    event = json.loads(line)
    kept = {name: event[name] for name in ("Event", "JVM Information", "Spark Properties")}
    kept["System Properties"] = {"sun.java.command": event["System Properties"].get("sun.java.command", "")}
    return json.dumps(kept, separators=(",", ":")).encode() + b"\n"


def keep(name):
    """Copies an application's log: as it is where the codec or the environment matters, else trimmed, and packed."""
    target = f"{ARGUMENTS.out}/{name}"
    shutil.rmtree(target, ignore_errors=True)
    os.makedirs(target)
    for path in glob.glob(f"{ARGUMENTS.work}/events/{name}/*"):
        if os.path.isdir(path):
            shutil.copytree(path, f"{target}/{os.path.basename(path)}", ignore=shutil.ignore_patterns(".*"))
        elif name.startswith("codec_"):
            shutil.copy(path, target)
        else:
            with open(path, "rb") as plain:
                with gzip.GzipFile(f"{target}/{os.path.basename(path)}.gz", "wb", 9, mtime=0) as packed:
                    packed.writelines(plain if name == "environment" else map(trimmed, plain))


def run_alone(name):
    """In a process of its own: this one would not survive it."""
    folders = ["--work", ARGUMENTS.work, "--jar", ARGUMENTS.jar, "--out", ARGUMENTS.out]
    command = [sys.executable, __file__, *folders, "--alone", name]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    if name == "killed":
        for line in process.stdout:
            if line.strip() == "ready":
                break
        time.sleep(4)
        os.killpg(process.pid, 9)
    process.wait()
    keep(name)


def main():
    if ARGUMENTS.alone:
        run, _ = ALONE[ARGUMENTS.alone]
        spark = session(ARGUMENTS.alone, 90, run)
        run(spark)
        spark.stop()
        return
    make_tables()
    os.makedirs(ARGUMENTS.out, exist_ok=True)
    file = f"{ARGUMENTS.out}/designed.json"
    designed = json.load(open(file)) if os.path.exists(file) else {}
    names = ARGUMENTS.applications or [*APPLICATIONS, *ALONE]
    for number, name in enumerate([*APPLICATIONS, *ALONE], 1):
        if name not in names:
            continue
        if name in ALONE:
            run_alone(name)
            designed[name] = ALONE[name][1]
            continue
        run, designed[name] = APPLICATIONS[name]
        run.conf, run.master = getattr(run, "conf", {}), getattr(run, "master", "local[2]")
        spark = session(name, number, run)
        run(spark)
        spark.stop()
        keep(name)
        print(name, flush=True)
    with open(file, "w") as out:
        json.dump({"sparkVersion": pyspark.__version__, **designed}, out, indent=2, sort_keys=True)
        out.write("\n")


parser = argparse.ArgumentParser()
parser.add_argument("--work", required=True)
parser.add_argument("--jar", required=True)
parser.add_argument("--out", required=True)
parser.add_argument("--alone")
parser.add_argument("applications", nargs="*")
ARGUMENTS = parser.parse_args()
if __name__ == "__main__":
    main()
