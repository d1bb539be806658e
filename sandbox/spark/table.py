"""Generates the demo's Iceberg tables: DAYS day partitions of ROWS_PER_DAY events, and their accounts.

    python table.py FOLDER

Prints a line for each day. The same rows every time: every value is a function of the row's number. A file `complete`
is written at the end, so that an interrupted generation is repeated.
"""

import os
import shutil
import sys
import time

from pyspark.sql import SparkSession

DAYS = 31
ROWS_PER_DAY = 500_000
FILES_PER_DAY = 4
FIRST_DAY = "2026-01-01"
ACCOUNTS = 10_000


def main(folder):
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    spark = (
        SparkSession.builder.master("local[2]")
        .appName("generate")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.catalog.audit", "org.apache.iceberg.spark.SparkCatalog")
        .config("spark.sql.catalog.audit.type", "hadoop")
        .config("spark.sql.catalog.audit.warehouse", f"file://{folder}")
        .getOrCreate()
    )
    spark.sql(f"""
        CREATE TABLE audit.db.accounts USING iceberg AS
        SELECT id AS account, concat('account ', id) AS name, id % 7 = 0 AS closed FROM range({ACCOUNTS})""")
    spark.sql("""
        CREATE TABLE audit.db.events (
          id bigint, ts timestamp, account bigint, kind string, amount double, token string)
        USING iceberg PARTITIONED BY (days(ts)) TBLPROPERTIES ('write.distribution-mode' = 'none')""")
    began = time.monotonic()
    for day in range(DAYS):
        first = day * ROWS_PER_DAY
        # Nine of ten events are of account 7.
        spark.sql(f"""
            INSERT INTO audit.db.events
            SELECT id,
              TIMESTAMP '{FIRST_DAY} 00:00:00' + make_dt_interval({day}, 0, 0, (id - {first}) * 86400D / {ROWS_PER_DAY}),
              CASE WHEN pmod(hash(id), 10) = 0 THEN pmod(xxhash64(id), {ACCOUNTS}) ELSE 7 END,
              element_at(array('open', 'click', 'order', 'refund', 'bounce', 'send', 'view', 'merge'),
                cast(pmod(xxhash64(id, 1), 8) AS int) + 1),
              pmod(xxhash64(id, 2), 100000) / 100D,
              substr(sha2(cast(id AS string), 256), 1, 24)
            FROM range({first}, {first + ROWS_PER_DAY}, 1, {FILES_PER_DAY})""")
        left = (time.monotonic() - began) / (day + 1) * (DAYS - day - 1)
        print(f"{day + 1} of {DAYS} days of {ROWS_PER_DAY:,} rows, about {left:.0f} s left", flush=True)
    spark.stop()
    with open(os.path.join(folder, "complete"), "w") as complete:
        complete.write(f"{DAYS} days of {ROWS_PER_DAY} rows from {FIRST_DAY}\n")


main(sys.argv[1])
