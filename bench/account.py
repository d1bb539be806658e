"""Runs a command, and writes what the operating system accounts for it (getrusage): seconds of the clock, seconds of user
and system time of it and its children, and the peak memory of the largest of them.

usage: account.py figures.json command...
"""

import json
import os
import subprocess
import sys
import time

figures, *command = sys.argv[1:]
began = time.monotonic()
child = subprocess.Popen(command)
_, status, used = os.wait4(child.pid, 0)
wall = time.monotonic() - began
# macOS counts bytes, Linux kilobytes.
unit = 1 if sys.platform == "darwin" else 1024
with open(figures, "w") as file:
    json.dump(
        {
            "wallSeconds": wall,
            "cpuSeconds": used.ru_utime + used.ru_stime,
            "peakMegabytes": used.ru_maxrss * unit / 1e6,
        },
        file,
    )
sys.exit(1 if status else 0)
