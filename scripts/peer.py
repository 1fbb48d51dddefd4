"""What the scripts that `VizBench --peer` asks have in common.

Every line of standard input is a question in JSON, every line of standard output its answer; before
the first question the process says what it is.
"""

import json
import sys
import time


def median_milliseconds(run):
    """As VizBench measures: at least five runs, and a fifth of a second."""
    run()
    start, times = time.perf_counter(), []
    while len(times) < 5 or time.perf_counter() - start < 0.2:
        before = time.perf_counter()
        run()
        times.append(time.perf_counter() - before)
    return sorted(times)[len(times) // 2] * 1e3


def reset_peak():
    """Begins to count the most memory of this process anew."""
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")


def peak_megabytes():
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmHWM:")) / 1024


def serve(version, answer):
    """Answers questions until there are no more."""
    print(json.dumps({"version": version}), flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)
