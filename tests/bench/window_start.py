#!/usr/bin/env python3
"""How long the window takes from the start of the program to the first view with data on the screen, with the demo.

tests/bench/window_start.py PROGRAM [--page PAGE] [--runs N] [--workspace DIR]

Prints the median of N starts, under a virtual display, seen from outside: process creation and dynamic linking count. With
--workspace the folder is used as it is (and may be opened by a second start); without, each start makes a new demo.
"""
import argparse
import os
import statistics
import subprocess
import tempfile
import time


def one(program, page, workspace, folder):
    command = [program, "--demo", "--listen", "127.0.0.1:0", "--page", page, "--after", "3", "--screenshot", os.path.join(folder, "last.png")]
    if workspace:
        command += ["--workspace", workspace]
    environment = dict(os.environ, XDG_CONFIG_HOME=folder)
    began = time.monotonic()
    painted = None
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        for line in process.stderr:
            if painted is None and "first data painted" in line:
                painted = time.monotonic() - began
    if painted is None:
        raise SystemExit(f"{' '.join(command)} painted nothing (exit status {process.returncode})")
    return painted


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--page", default="dashboards:bv-api")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--workspace")
    arguments = parser.parse_args()
    if not os.environ.get("DISPLAY"):
        raise SystemExit("run it under a display: xvfb-run -a -s '-screen 0 1280x800x24' ...")
    with tempfile.TemporaryDirectory() as folder:
        seconds = [one(arguments.program, arguments.page, arguments.workspace, folder) for _ in range(arguments.runs)]
    print(f"{arguments.page}: median {statistics.median(seconds):.2f} s, from {min(seconds):.2f} to {max(seconds):.2f} s, {len(seconds)} starts")


if __name__ == "__main__":
    main()
