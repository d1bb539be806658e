"""A warm Spark driver: one JVM runs one application after the other.

Takes one order per line of stdin, `{"runner": path, "words": [...], "conf": {...}}`, runs the runner as spark-submit
would, in a SparkContext of its own, and answers with `{"exitCode": n, "alive": …}` on file descriptor 3. An order without a runner
runs one query, so that the first step does not wait for Java to start. Ends after an application
that has killed the JVM: whoever started it starts it anew.
"""

import json
import os
import runpy
import sys
import traceback

from pyspark import SparkConf, SparkContext
from pyspark.sql import SparkSession


def run(order):
    conf = SparkConf()
    for name, value in order["conf"].items():
        conf.set(name, value)
    session = SparkSession.builder.config(conf=conf).getOrCreate()
    if order["runner"] is None:
        session.sql("SELECT kind, max(sha2(token, 512)) FROM audit.db.events WHERE id < 500000 GROUP BY kind").collect()
        return 0
    sys.argv = [order["runner"], *order["words"]]
    try:
        runpy.run_path(order["runner"], run_name="__main__")
        return 0
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        return 1


def stop():
    """Returns whether the JVM can run another application."""
    try:
        session = SparkSession.getActiveSession()
        if session is not None:
            session.stop()
        SparkContext._jvm.java.lang.System.gc()
        return True
    except BaseException:
        return False


def main():
    with os.fdopen(3, "w") as answers:
        for line in sys.stdin:
            try:
                exit_code = run(json.loads(line))
            except BaseException:
                traceback.print_exc()
                exit_code = 1
            alive = stop()
            sys.stdout.flush()
            sys.stderr.flush()
            print(json.dumps({"exitCode": exit_code, "alive": alive}), file=answers, flush=True)
            if not alive:
                return


main()
