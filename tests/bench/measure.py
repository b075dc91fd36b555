#!/usr/bin/env python3
"""Runs a command and prints one line: its seconds, its processor seconds, the largest
resident size of one process in KiB, and, with --together, that of all its processes together
(shared pages counted once), looked at 20 times a second, which slows them down.

    measure.py [--together] COMMAND…"""
import os
import resource
import subprocess
import sys
import threading
import time


def family(pid):
    found, at = [pid], 0
    while at < len(found):
        try:
            with open(f"/proc/{found[at]}/task/{found[at]}/children", encoding="ascii") as file:
                found += [int(child) for child in file.read().split()]
        except OSError:
            pass
        at += 1
    return found


def proportional(pid):
    try:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("Pss:"))
    except (OSError, StopIteration):
        return 0


looks = sys.argv[1] == "--together"
started = time.monotonic()
process = subprocess.Popen(sys.argv[2 if looks else 1:], stdout=subprocess.DEVNULL)
together = 0
done = threading.Event()


def watch():
    global together
    while not done.wait(0.05):
        together = max(together, sum(proportional(pid) for pid in family(process.pid)))


watcher = threading.Thread(target=watch)
if looks:
    watcher.start()
status = process.wait()
seconds = time.monotonic() - started
done.set()
if looks:
    watcher.join()
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(f"{seconds:.3f} {used.ru_utime + used.ru_stime:.3f} {used.ru_maxrss} {together}")
sys.exit(0 if status in (0, 1) else os.EX_SOFTWARE)
