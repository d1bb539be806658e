"""Holds the report's average and percentiles against numpy's defaults. Reads what bench/percentiles.ts prints."""

import json
import sys

import numpy

# The report rounds to the millisecond; half of one, and the float's own dust.
TOLERANCE = 0.000_500_001

FIGURES = {
    "averageSeconds": numpy.mean,
    "p50Seconds": lambda seconds: numpy.percentile(seconds, 50),
    "p95Seconds": lambda seconds: numpy.percentile(seconds, 95),
    "p99Seconds": lambda seconds: numpy.percentile(seconds, 99),
    "minSeconds": numpy.min,
    "maxSeconds": numpy.max,
}


def main() -> int:
    samples = json.load(sys.stdin)
    wrong = 0
    for sample in samples:
        seconds = numpy.array(sample["seconds"])
        for name, figure in FIGURES.items():
            theirs = float(figure(seconds))
            ours = sample["ours"][name]
            if abs(ours - theirs) > TOLERANCE:
                wrong += 1
                print(f"{name} of {len(seconds)} durations: ours {ours}, numpy's {theirs}")
    known = samples[0]["ours"]
    print(f"numpy {numpy.__version__}: {len(samples)} samples, {len(FIGURES)} figures each, {wrong} differ")
    print(f"known ten: P50 {known['p50Seconds']}, P95 {known['p95Seconds']}, P99 {known['p99Seconds']}")
    return 1 if wrong or len(samples) < 100 else 0


if __name__ == "__main__":
    sys.exit(main())
