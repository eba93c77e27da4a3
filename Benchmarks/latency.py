#!/usr/bin/env python3
"""From a line in a log to an element in the kernel's set; called by latency.sh inside a network namespace.

Writes the failures of one attacker after the other, and reads `nft monitor` for the moment the kernel says that the
attacker's address is in the set. Prints one tab-separated row.
"""
import argparse
import re
import subprocess
import threading
import time

parser = argparse.ArgumentParser()
parser.add_argument("--label", required=True)
parser.add_argument("--log", required=True)
parser.add_argument("--set", required=True, help="the set that the address is to appear in")
parser.add_argument("--failures", type=int, required=True, help="how many it takes")
parser.add_argument("--trials", type=int, default=100)
parser.add_argument("--pause", type=float, default=0.5, help="seconds between two attackers")
parser.add_argument("--patience", type=float, default=30, help="seconds to wait for the last")
options = parser.parse_args()

seen = {}
monitor = subprocess.Popen(["nft", "monitor", "new", "elements"], stdout=subprocess.PIPE, text=True, bufsize=1)


def watch():
    for line in monitor.stdout:
        now = time.monotonic()
        if f" {options.set} " not in line:
            continue
        for address in re.findall(r"\d+\.\d+\.\d+\.\d+", line):
            seen.setdefault(address, now)


threading.Thread(target=watch, daemon=True).start()
time.sleep(0.5)


def address(trial):
    return f"203.0.113.{trial + 1}" if trial < 250 else f"198.51.100.{trial - 249}"


def lines(trial):
    stamp = time.strftime("%b %e %H:%M:%S")
    return [
        f"{stamp} web01 sshd[{20000 + trial}]: Failed password for root from {address(trial)} port {40000 + n} ssh2\n"
        for n in range(options.failures)
    ]


written = {}
with open(options.log, "a") as log:
    for trial in range(options.trials):
        *first, last = lines(trial)
        log.writelines(first)
        log.flush()
        time.sleep(options.pause / 2)
        written[address(trial)] = time.monotonic()
        log.write(last)
        log.flush()
        time.sleep(options.pause / 2)

deadline = time.monotonic() + options.patience
while len(seen) < options.trials and time.monotonic() < deadline:
    time.sleep(0.1)
monitor.kill()

waits = sorted((seen[key] - at) * 1e3 for key, at in written.items() if key in seen)
percentile = lambda p: waits[min(len(waits) - 1, int(len(waits) * p))]
figures = [f"{value:,.1f}" for value in (percentile(0.5), percentile(0.9), percentile(0.99), waits[-1])] if waits else ["-"] * 4
print("\t".join([options.label, str(options.trials), str(len(waits)), *figures]), flush=True)
