#!/usr/bin/env python3
"""Kills `belvedere serve` at random while samples and lines are pushed, and counts afterwards.

  kill_nine.py PROGRAM [ROUNDS] [SEED]

Everything that was acknowledged must be there once, after every kill; the store must open without repair.
"""
import http.client
import json
import os
import random
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

program = sys.argv[1]
rounds = int(sys.argv[2]) if len(sys.argv) > 2 else int(os.environ.get("BELVEDERE_KILL_ROUNDS", "10"))
seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(2**31)
print(f"seed {seed}, {rounds} rounds", flush=True)
chance = random.Random(seed)
SERIES, LINES = 8, 20


def varint(n):
    out = b""
    while n > 127:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def field(number, payload):
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def write_request(n, time_ms):
    """Remote write 1.0: one sample for each series, as one snappy literal after another."""
    body = b""
    for i in range(SERIES):
        labels = b"".join(field(1, field(1, k.encode()) + field(2, v.encode())) for k, v in (("__name__", "killed"), ("i", str(i))))
        sample = varint(1 << 3 | 1) + struct.pack("<d", n) + varint(2 << 3) + varint(time_ms)
        body += field(1, labels + field(2, sample))
    out = varint(len(body))
    for at in range(0, len(body), 60):
        part = body[at:at + 60]
        out += bytes([(len(part) - 1) << 2]) + part
    return out


class Server:
    def __init__(self, workspace):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        start = time.time()
        self.process = subprocess.Popen([program, "serve", "--workspace", workspace, "--listen", f"127.0.0.1:{self.port}"], stdout=subprocess.DEVNULL)
        while True:
            try:
                status, _ = self.request("GET", "/-/ready")
                if status == 200:
                    break
            except OSError:
                pass
            if self.process.poll() is not None or time.time() - start > 30:
                raise SystemExit("FAIL: the store does not open again")
            time.sleep(0.02)

    def request(self, method, path, body=None, headers={}):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def ask(self, path, **parameters):
        status, body = self.request("GET", path + "?" + urllib.parse.urlencode(parameters))
        if status != 200:
            raise SystemExit(f"FAIL: {path}: {status} {body[:300]}")
        return json.loads(body)["data"]["result"]


base_ms = int(time.time() * 1000) - 3_600_000
acknowledged = {"samples": set(), "lines": set()}
lock = threading.Lock()
next_number = {"samples": 0, "lines": 0}


def push(server, kind, dead):
    while not dead.is_set():
        n = next_number[kind]
        next_number[kind] += 1
        try:
            if kind == "samples":
                status, _ = server.request("POST", "/api/v1/write", write_request(n, base_ms + n * 100), {"Content-Encoding": "snappy", "Content-Type": "application/x-protobuf"})
            else:
                values = [[str((base_ms + n * 100) * 10**6 + i), f"line {n} {i}"] for i in range(LINES)]
                status, _ = server.request("POST", "/loki/api/v1/push", json.dumps({"streams": [{"stream": {"job": "killed"}, "values": values}]}), {"Content-Type": "application/json"})
        except (OSError, http.client.HTTPException):
            continue
        if status == 204:
            with lock:
                acknowledged[kind].add(n)


def count(server):
    """Compares what is stored with what was acknowledged; answers the faults."""
    faults = []
    end = time.time()
    for series in server.ask("/api/v1/query", query="killed[2h]", time=end):
        times = [round(t * 1000) for t, _ in series["values"]]
        found = {(t - base_ms) // 100: float(v) for t, (_, v) in zip(times, series["values"])}
        missing = [n for n in acknowledged["samples"] if found.get(n) != n]
        if missing:
            faults.append(f"series {series['metric']}: {len(missing)} acknowledged samples missing or changed, e.g. {sorted(missing)[:3]}")
        if len(times) != len(set(times)):
            faults.append(f"series {series['metric']}: a time occurs twice")
    seen = {}
    start = base_ms * 10**6
    while True:
        batch = server.ask("/loki/api/v1/query_range", query='{job="killed"}', start=start, end=int(end * 1e9), limit=5000, direction="forward")
        values = [v for stream in batch for v in stream["values"]]
        if not values:
            break
        for stamp, line in values:
            seen[line] = seen.get(line, 0) + 1
        start = max(int(v[0]) for v in values) + 1
    missing = [n for n in acknowledged["lines"] if any(f"line {n} {i}" not in seen for i in range(LINES))]
    if missing:
        faults.append(f"{len(missing)} acknowledged pushes of lines missing, e.g. {sorted(missing)[:3]}")
    doubled = [line for line, times in seen.items() if times > 1]
    if doubled:
        faults.append(f"{len(doubled)} lines stored more than once, e.g. {doubled[:3]}")
    return faults


with tempfile.TemporaryDirectory() as workspace:
    for i in range(rounds):
        server = Server(workspace)
        dead = threading.Event()
        threads = [threading.Thread(target=push, args=(server, kind, dead)) for kind in ("samples", "lines")]
        for thread in threads:
            thread.start()
        time.sleep(chance.uniform(0.05, 1.5))
        server.process.send_signal(signal.SIGKILL)
        server.process.wait()
        dead.set()
        for thread in threads:
            thread.join()
    server = Server(workspace)
    faults = count(server)
    server.process.terminate()
    server.process.wait(20)
for fault in faults:
    print("FAIL", fault)
print(f"{rounds} kills, {len(acknowledged['samples']) * SERIES} samples and {len(acknowledged['lines']) * LINES} lines acknowledged, {len(faults)} faults")
sys.exit(1 if faults or not acknowledged["samples"] or not acknowledged["lines"] else 0)
