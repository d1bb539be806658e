#!/usr/bin/env python3
"""Prints the time stamp before a run, and writes the report after it.

generate_report.py --current-timestamp
generate_report.py --cluster-id j-X --load 2x --after-timestamp "2025-12-08T15:30:00-05:00"
"""

import argparse
import os
import sys
from pathlib import Path

MAIN = os.environ.get(
    "AUDIT_LOAD_TEST_MAIN", str(Path(__file__).resolve().parent.parent / "dist/main.js")
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--current-timestamp", action="store_true")
    parser.add_argument("--cluster-id")
    parser.add_argument("--load")
    parser.add_argument("--after-timestamp")
    given = parser.parse_args()
    names = {"clusterId": given.cluster_id, "load": given.load, "afterTimestamp": given.after_timestamp}
    options = [f"--{name}={value}" for name, value in names.items() if value is not None]
    words = ["now"] if given.current_timestamp else ["buildReport", *options]
    sys.stdout.flush()
    os.execvp("node", ["node", MAIN, *words])


main()
