#!/usr/bin/env python3
"""What Belvedere says of itself under /metrics: it counts what it takes and what it leaves out, keeps to Prometheus' conventions,
and every name stands in docs/api.md.

  self_metrics.py PROGRAM API_DOCUMENT
"""
import http.server
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from belvedere_server import Server

program, document = sys.argv[1], pathlib.Path(sys.argv[2])
failures = []


def check(good, what):
    print(f"{'ok   ' if good else 'FAIL '} {what}", flush=True)
    if not good:
        failures.append(what)


class Exposition(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = b'# TYPE a counter\na_total 1 # {trace_id="x"} 1\n# EOF\n'
        self.send_response(200)
        self.send_header("Content-Type", "application/openmetrics-text; version=1.0.0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def varint(n):
    out = b""
    while n > 127:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def field(number, content):
    return varint(number << 3 | 2) + varint(len(content)) + content


def push():
    """A series with a sample, two exemplars and a native histogram, as snappy of one literal."""
    now = int(time.time() * 1000)
    labels = field(1, field(1, b"__name__") + field(2, b"pushed"))
    value = varint(1 << 3 | 1) + struct.pack("<d", 1)
    sample = field(2, value + varint(2 << 3) + varint(now))
    exemplar = field(3, varint(2 << 3 | 1) + struct.pack("<d", 1) + varint(3 << 3) + varint(now))
    histogram = field(4, varint(1 << 3) + varint(3) + varint(15 << 3) + varint(now))
    body = field(1, labels + sample + exemplar * 2 + histogram)
    return varint(len(body)) + bytes([61 << 2]) + (len(body) - 1).to_bytes(2, "little") + body


def main():
    target = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Exposition)
    threading.Thread(target=target.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "a.log").write_text("one\ntwo\n")
        pathlib.Path(folder, "workspace.yml").write_text(
            f"global: {{scrape_interval: 1s}}\nself_metrics: true\nlogs: {{files: [{{job: f, paths: [a.log]}}]}}\nscrape_configs:\n  - job_name: a\n    static_configs: [{{targets: ['127.0.0.1:{target.server_port}']}}]\n")
        with Server(program, folder) as server:
            status, _ = server.request("POST", "/api/v1/write", push(), {"Content-Type": "application/x-protobuf", "Content-Encoding": "snappy"})
            check(status == 204, "a push with exemplars and a native histogram is taken")

            def text():
                return server.request("GET", "/metrics")[1]

            def value(series):
                found = re.search("^" + re.escape(series) + r" (\S+)$", text(), re.M)
                return float(found[1]) if found else None

            def reaches(series, wanted):
                end = time.time() + 30
                while time.time() < end and (value(series) or 0) < wanted:
                    time.sleep(0.1)
                got = value(series)
                check(got is not None and got >= wanted, f"{series} is {got}")

            reaches('belvedere_exemplars_ignored_total{way="push"}', 2)
            reaches('belvedere_exemplars_ignored_total{way="scrape"}', 1)
            reaches("belvedere_native_histograms_ignored_total", 1)
            reaches("belvedere_tail_lines_total", 2)
            reaches("belvedere_tail_files", 1)
            reaches("belvedere_scraped_samples_total", 1)

            exposition = text()
            types = dict(re.findall(r"^# TYPE (\S+) (\S+)$", exposition, re.M))
            helped = set(re.findall(r"^# HELP (\S+) \S.*\.$", exposition, re.M))
            used = set(re.findall(r"^([a-z_]+)[{ ]", exposition, re.M))
            check(used == set(types) == helped, f"every family has a type and a sentence: {sorted(used ^ set(types) | used ^ helped)}")
            wrong = [name for name, kind in types.items() if (kind == "counter") != name.endswith("_total")]
            check(not wrong, f"counters, and only they, end in _total: {wrong}")
            wrong = [name for name in types if not name.startswith(("belvedere_", "process_"))]
            check(not wrong, f"names begin with the program's: {wrong}")
            described = set(re.findall(r"`((?:belvedere|process)_[a-z_]+)", document.read_text()))
            check(described == set(types), f"docs/api.md names them all, and no other: {sorted(described ^ set(types))}")
            promtool = shutil.which("promtool", path=os.environ.get("BELVEDERE_PEERS", "") + ":" + os.environ["PATH"])
            if promtool:
                linted = subprocess.run([promtool, "check", "metrics"], input=exposition, capture_output=True, text=True)
                check(linted.returncode == 0 and not linted.stderr, f"promtool finds nothing: {linted.stderr.strip()}")
    print(f"{len(failures)} failures")
    return 1 if failures else 0


sys.exit(main())
