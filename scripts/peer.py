"""What the scripts that `VizBench --peer` asks have in common.

Every line of standard input is a question in JSON, every line of standard output its answer; before
the first question the process says what it is.
"""

import json
import sys
import time


def milliseconds(run, turn):
    """As VizBench measures: at least a turn's runs, and its seconds, after one to warm up."""
    run()
    start, times = time.perf_counter(), []
    while len(times) < turn["runs"] or time.perf_counter() - start < turn["seconds"]:
        before = time.perf_counter()
        run()
        times.append((time.perf_counter() - before) * 1e3)
    return times


def median_milliseconds(run):
    times = milliseconds(run, {"seconds": 0.2, "runs": 5})
    return sorted(times)[len(times) // 2]


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
