#!/usr/bin/env python3
"""Kills `belvedere serve`, or the window, at random while it scrapes, follows a file and is pushed to, and counts afterwards.

  kill_nine.py [--window] PROGRAM [ROUNDS] [SEED]

The store must open after every kill without a remark. In the end there must be, once:
- every sample and every line of a push that was acknowledged;
- every line of the file that is followed, which is rotated now and then and also grows while nobody watches;
- every scraped sample that a query has answered before a kill; and no exposition twice.
The window, which is drawn off screen, must also come back to the page that it showed.
"""
import http.client
import http.server
import json
import os
import pathlib
import random
import struct
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from belvedere_server import Server

window = "--window" in sys.argv
if window:
    sys.argv.remove("--window")
program = sys.argv[1]
rounds = int(sys.argv[2]) if len(sys.argv) > 2 else int(os.environ.get("BELVEDERE_KILL_ROUNDS", "10"))
seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(2**31)
print(f"seed {seed}, {rounds} rounds", flush=True)
chance = random.Random(seed)
SERIES, LINES, SCRAPED_SERIES = 8, 20, 100


class Target(http.server.BaseHTTPRequestHandler):
    """Serves its own count: each exposition has a value that no other has."""
    served = 0
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        Target.served += 1
        body = "".join(f'scraped{{i="{i}"}} {Target.served}\n' for i in range(SCRAPED_SERIES)).encode()
        try:
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            pass  # the scraper was killed

    def log_message(self, *_):
        pass


class GrowingFile:
    """Numbered lines, some cut in the middle of a write; renamed away now and then, as logrotate does it."""
    def __init__(self, path):
        self.path, self.written, self.ending = pathlib.Path(path), 0, threading.Event()
        self.rotations = 0
        self.thread = threading.Thread(target=self.grow)
        self.thread.start()

    def grow(self):
        own = random.Random(seed)
        file = open(self.path, "a", buffering=1)
        while not self.ending.is_set():
            for _ in range(own.randint(1, 30)):
                text = f"file line {self.written} " + "x" * own.randint(0, 200)
                cut = own.randint(1, len(text))
                file.write(text[:cut])
                file.flush()
                file.write(text[cut:] + "\n")
                self.written += 1
            file.flush()
            # Two old files stay: what is rotated away must be read to its end.
            if own.random() < 0.01:
                file.close()
                self.rotations += 1
                os.replace(self.path, self.path.with_suffix(f".log.{self.rotations}"))
                file = open(self.path, "a", buffering=1)
            time.sleep(0.01)
        file.close()

    def end(self):
        self.ending.set()
        self.thread.join()


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


def ask(server, path, **parameters):
    data, error = server.api.get(path, **parameters)
    if error:
        raise SystemExit(f"FAIL: {path}: {error}")
    return data["result"]


base_ms = int(time.time() * 1000) - 3_600_000
acknowledged = {"samples": set(), "lines": set()}
answered = {}  # time of a scraped sample to its value
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


def look(server, dead):
    """Keeps what queries answer about the scraped series."""
    while not dead.is_set():
        try:
            for series in ask(server, "/api/v1/query", query='scraped{i="7"}[10s]', time=time.time()):
                with lock:
                    answered.update(series["values"])
        except (OSError, http.client.HTTPException):
            pass
        time.sleep(0.02)


def count_scraped(server):
    faults = []
    series = ask(server, "/api/v1/query", query="scraped[2h]", time=time.time())
    if len(series) != SCRAPED_SERIES:
        faults.append(f"{len(series)} of {SCRAPED_SERIES} scraped series")
    stale = []
    for one in series:
        values = [(t, v) for t, v in one["values"]]
        numbers = [float(v) for _, v in values]
        if numbers != sorted(set(numbers)):
            faults.append(f"scraped series {one['metric']}: an exposition is stored twice, or in another order")
        if len({t for t, _ in values}) != len(values):
            faults.append(f"scraped series {one['metric']}: a time occurs twice")
        found = dict(values)
        missing = [t for t, v in answered.items() if found.get(t) != v]
        if missing:
            faults.append(f"scraped series {one['metric']}: {len(missing)} of {len(answered)} samples that a query has answered are gone, e.g. {missing[:3]}")
        stale.append(len(values))
    return faults, sum(stale)


def count_file(server, file):
    selector = '{job="followed"}'
    numbers = {}
    for _ in range(100):
        numbers = {}
        for line, times in server.api.entries(selector, base_ms * 10**6).items():
            number = int(line.split(" ")[2])
            numbers[number] = numbers.get(number, 0) + times
        if len(numbers) >= file.written:
            break
        time.sleep(0.2)
    missing = sorted(set(range(file.written)) - set(numbers))
    doubled = sorted(number for number, times in numbers.items() if times > 1)
    faults = []
    if missing:
        faults.append(f"{len(missing)} of {file.written} lines of the file are missing, e.g. {missing[:3]}")
    if doubled:
        faults.append(f"{len(doubled)} lines of the file are stored more than once, e.g. {doubled[:3]}")
    return faults


def count(server):
    """Compares what is stored with what was acknowledged; answers the faults."""
    faults = []
    end = time.time()
    for series in ask(server, "/api/v1/query", query="killed[2h]", time=end):
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
        batch = ask(server, "/loki/api/v1/query_range", query='{job="killed"}', start=start, end=int(end * 1e9), limit=5000, direction="forward")
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


PAGE = "targets"


def shown_page(workspace):
    """The page that the window's settings remember."""
    for file in pathlib.Path(workspace, "settings").rglob("*.conf"):
        for line in file.read_text().splitlines():
            if line.startswith("page="):
                return line[len("page="):]
    return None


def remembers_page(workspace):
    end = time.time() + 30
    while time.time() < end and shown_page(workspace) != PAGE:
        time.sleep(0.05)
    return shown_page(workspace) == PAGE


def configuration(folder, port):
    return f"""global: {{scrape_interval: 200ms, scrape_timeout: 200ms}}
scrape_configs:
  - job_name: counted
    static_configs: [{{targets: ['127.0.0.1:{port}']}}]
logs:
  files:
    - job_name: followed
      paths: ['{folder}/followed.log', '{folder}/followed.log.*']
"""


def main():
    target = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Target)
    threading.Thread(target=target.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        workspace = os.path.join(folder, "workspace")
        os.mkdir(workspace)
        pathlib.Path(workspace, "workspace.yml").write_text(configuration(folder, target.server_port))
        file = GrowingFile(os.path.join(folder, "followed.log"))
        lost_pages = []
        try:
            for number in range(rounds):
                # The page is named once; then the window knows it.
                server = Server(program, workspace, *(["--page", PAGE] if window and number == 0 else []), window=window)
                dead = threading.Event()
                threads = [threading.Thread(target=push, args=(server, kind, dead)) for kind in ("samples", "lines")] + [threading.Thread(target=look, args=(server, dead))]
                for thread in threads:
                    thread.start()
                time.sleep(chance.uniform(0.05, 1.5))
                if window and not remembers_page(workspace):
                    lost_pages.append(f"in round {number} the window shows {shown_page(workspace)}")
                server.kill()
                dead.set()
                for thread in threads:
                    thread.join()
        finally:
            file.end()
        server = Server(program, workspace, window=window)
        faults = count(server) + count_file(server, file)
        more, scraped = count_scraped(server)
        faults += more + lost_pages
        server.stop()
        # An end in peace saves what is shown: the page that the killed ones came back to.
        if window and shown_page(workspace) != PAGE:
            faults.append(f"the last window showed {shown_page(workspace)}")
        said = server.messages()
        remarks = [line for line in said.splitlines() if line.startswith(("warning", "error"))]
        if remarks:
            faults.append(f"the server had remarks: {remarks[:3]}")
    for fault in faults[:20]:
        print("FAIL", fault)
    print(f"{rounds} kills, {len(acknowledged['samples']) * SERIES} samples and {len(acknowledged['lines']) * LINES} lines acknowledged, "
          f"{file.written} lines of a file rotated {file.rotations} times, {scraped} samples scraped, {len(answered)} of them looked at; {len(faults)} faults")
    return 1 if faults or not acknowledged["samples"] or not acknowledged["lines"] or not answered or not file.written else 0


sys.exit(main())
