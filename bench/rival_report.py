"""The script one would write by hand: a table of a round, from `aws emr list-steps --output json`.

usage: rival_report.py steps.json report.md figures.json
"""

import json
import sys

import pandas as pd

source, table, figures = sys.argv[1:]
with open(source) as file:
    listed = json.load(file)["Steps"]
steps = pd.json_normalize(listed)
for moment in ("Creation", "Start", "End"):
    column = steps[f"Status.Timeline.{moment}DateTime"]
    # AWS CLI version 1 prints seconds since 1970, version 2 ISO 8601.
    unit = "s" if pd.api.types.is_numeric_dtype(column) else None
    steps[moment] = pd.to_datetime(column, unit=unit, utc=True)
steps["wait"] = (steps["Start"] - steps["Creation"]).dt.total_seconds()
steps["run"] = (steps["End"] - steps["Start"]).dt.total_seconds()
completed = steps[steps["Status.State"] == "COMPLETED"]
counts = steps["Status.State"].value_counts()
runtime = (steps["End"].max() - steps["Creation"].min()).total_seconds()
summary = completed[["wait", "run"]].describe(percentiles=[0.5, 0.95, 0.99])
slowest = steps.nlargest(10, "run")[["Name", "Status.State", "wait", "run"]]

with open(table, "w") as file:
    file.write(f"# {len(steps)} steps in {runtime:.0f} s\n\n")
    for part in (counts, summary, slowest):
        file.write(f"```\n{part.to_string()}\n```\n\n")
with open(figures, "w") as file:
    json.dump(
        {
            "steps": len(steps),
            "completed": len(completed),
            "runtimeSeconds": runtime,
            "p50Seconds": summary["run"]["50%"],
            "p95Seconds": summary["run"]["95%"],
            "maxSeconds": completed["run"].max(),
        },
        file,
    )
