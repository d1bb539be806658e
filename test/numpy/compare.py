"""Compares the figures of bench/percentiles.ts with numpy's, and those of whole reports with a recomputation."""

import json
import sys
from datetime import datetime

import numpy

from report_figures import replay, report_figures

# The report rounds to the millisecond: half a millisecond, plus floating-point error.
TOLERANCE = 0.000_500_001

FIGURES = {
    "averageSeconds": numpy.mean,
    "p50Seconds": lambda seconds: numpy.percentile(seconds, 50),
    "p95Seconds": lambda seconds: numpy.percentile(seconds, 95),
    "p99Seconds": lambda seconds: numpy.percentile(seconds, 99),
    "minSeconds": numpy.min,
    "maxSeconds": numpy.max,
}


def round_figures(stamps, slots):
    """The figures of a round by definition, from the timestamps of its completed steps (created, started, ended)."""
    moments = numpy.array(
        [[datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() for text in row] for row in stamps]
    )
    created, started, ended = moments.T
    queued, ran = started - created, ended - started
    in_order = ran[numpy.argsort(started, kind="stable")]
    return {
        "workSeconds": ran.sum(),
        "waitingShare": queued.sum() / (queued.sum() + ran.sum()),
        "startGapSeconds": started.min() - created.min(),
        "meanRunning": ran.sum() / (ended.max() - started.min()),
        "bounds.workOverSlotsSeconds": ran.sum() / slots,
        "bounds.longestStepSeconds": ran.max(),
        "model.makespanSeconds": replay(in_order, slots),
        "model.longestFirstSeconds": replay(numpy.sort(ran)[::-1], slots),
    }


def named(figures, path):
    for name in path.split("."):
        if isinstance(figures, list):
            figures = len(figures) if name == "length" else figures[int(name)]
        else:
            figures = figures[name]
    return figures


def tolerance(name, value):
    """Money is rounded to cents. Our quantiles of Student's t are within 0.2%, which bends an interval by less than that."""
    if "usd" in name.lower() or name.endswith((".cost", "cost.total")):
        return 0.005_001
    return 0.002 * value if name in ("comparison.ratios.low", "comparison.ratios.high") else TOLERANCE


def differing(ours, theirs, what):
    """The names of the figures that differ, each printed."""
    wrong = {
        name: value
        for name, value in theirs.items()
        if abs(float(named(ours, name)) - float(value)) > tolerance(name, float(value))
    }
    for name, value in wrong.items():
        print(f"{name} of {what}: ours {named(ours, name)}, theirs {float(value)}")
    return list(wrong)


def main() -> int:
    given = json.load(sys.stdin)
    wrong = []
    for sample in given["durations"]:
        seconds = numpy.array(sample["seconds"])
        theirs = {name: figure(seconds) for name, figure in FIGURES.items()}
        wrong += differing(sample["ours"], theirs, f"{len(seconds)} durations")
    for one in given["rounds"]:
        theirs = round_figures(one["stamps"], one["slots"])
        wrong += differing(one["ours"], theirs, f"{len(one['stamps'])} steps on {one['slots']} slots")
    for sample in given["ratios"]:
        mean = numpy.exp(numpy.log(sample["values"]).mean())
        wrong += differing({"mean": sample["ours"]}, {"mean": mean}, f"{len(sample['values'])} ratios")
    figures = 0
    for one in given["reports"]:
        theirs = report_figures(one)
        figures += len(theirs)
        wrong += differing(one["report"], theirs, f"the report of {one['report']['load']}x")
    print(f"{figures} figures of {len(given['reports'])} reports recomputed")
    known = given["durations"][0]["ours"]
    counts = {name: len(rows) for name, rows in given.items()}
    print(f"numpy {numpy.__version__}: {counts}, {len(wrong)} figures differ")
    print(f"known ten: P50 {known['p50Seconds']}, P95 {known['p95Seconds']}, P99 {known['p99Seconds']}")
    return 1 if wrong or counts["durations"] < 100 or counts["rounds"] < 20 or figures < 400 else 0


if __name__ == "__main__":
    sys.exit(main())
