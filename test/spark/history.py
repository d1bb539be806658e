"""What Spark's own history server says of the applications of make_logs.py.

    python history.py --work FOLDER --out history.json

Reads the logs of FOLDER/events as Spark wrote them, and writes the figures that the reader of event logs also has:
those of every stage, and the rows of every scan.
"""

import argparse
import glob
import json
import os
import shutil
import subprocess
import time
import urllib.request

import pyspark

PORT = 18480
API = f"http://127.0.0.1:{PORT}/api/v1/applications"
FIGURES = {
    "tasks": "numCompletedIndices",
    "failedTasks": "numFailedTasks",
    "runMs": "executorRunTime",
    "gcMs": "jvmGcTime",
    "diskSpillBytes": "diskBytesSpilled",
    "inputRecords": "inputRecords",
}


def get(path):
    with urllib.request.urlopen(API + path, timeout=30) as answer:
        return json.load(answer)


def wait_for(count):
    for _ in range(60):
        try:
            applications = get("?limit=1000")
            if len(applications) >= count:
                return applications
        except OSError:
            pass
        time.sleep(2)
    raise SystemExit("the history server does not show every application")


def is_scan(name):
    return name.startswith("BatchScan ") or name.startswith("Scan parquet")


def figures_of(application):
    stages = [
        {"id": one["stageId"], "attempt": one["attemptId"], **{name: one[field] for name, field in FIGURES.items()}}
        for one in get(f"/{application}/stages")
        if one["status"] != "SKIPPED"
    ]
    scans = [
        int(metric["value"].replace(",", ""))
        for execution in get(f"/{application}/sql?details=true&length=1000")
        for node in execution["nodes"]
        if is_scan(node["nodeName"])
        for metric in node["metrics"]
        if metric["name"] == "number of output rows"
    ]
    return {"stages": sorted(stages, key=lambda one: (one["id"], one["attempt"])), "scanRows": sorted(scans)}


def main():
    folder = f"{ARGUMENTS.work}/history"
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    names = {}
    for path in glob.glob(f"{ARGUMENTS.work}/events/*/*"):
        name = path.split("/")[-2]
        # It does not show those of unknown codecs, and one that is open it lists apart.
        if name == "killed":
            continue
        (shutil.copytree if os.path.isdir(path) else shutil.copy)(path, f"{folder}/{os.path.basename(path)}")
        names[os.path.basename(path).replace("eventlog_v2_", "").split(".")[0]] = name
    environment = dict(
        os.environ,
        SPARK_HISTORY_OPTS=f"-Dspark.history.fs.logDirectory=file://{folder} -Dspark.history.ui.port={PORT}",
    )
    command = [f"{os.path.dirname(pyspark.__file__)}/bin/spark-class", "org.apache.spark.deploy.history.HistoryServer"]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(len(names))
        found = {name: figures_of(application) for application, name in sorted(names.items())}
    finally:
        server.terminate()
        server.wait()
    with open(ARGUMENTS.out, "w") as out:
        json.dump(found, out, separators=(",", ":"), sort_keys=True)
        out.write("\n")


parser = argparse.ArgumentParser()
parser.add_argument("--work", required=True)
parser.add_argument("--out", required=True)
ARGUMENTS = parser.parse_args()
if __name__ == "__main__":
    main()
