#!/usr/bin/env python3
"""Throws bad input at a running `belvedere serve`: every one gets an answer that says why, memory stays bounded, and what was
there before goes on.

  bad_input.py PROGRAM [MALFORMED_FOLDER]

Part one: huge, endless, bombed, garbled and slow requests at every endpoint. Part two: malformed expositions over a real
scrape. Part three: broken configuration, rule, discovery and dashboard files at a reload while it runs, and at the start.
"""
import http.server
import json
import os
import pathlib
import random
import re
import select
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from belvedere_server import Server

program = sys.argv[1]
malformed = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else None
MEMORY_BOUND_MB = 600
# The largest body that is taken has 64 MiB. What more is sent until the answer is seen depends on the kernel's buffers and
# on who gets the processor; it must not be all of the gigabyte.
ANSWERED_WITHIN = 512 << 20
failures = []


def check(good, what):
    print(f"{'ok   ' if good else 'FAIL '} {what}", flush=True)
    if not good:
        failures.append(what)
    return good


def varint(n):
    out = b""
    while n > 127:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def snappy_bomb(size):
    """Decompresses to `size` zeros: one literal, then copies of 64 bytes that cost three bytes each."""
    out = varint(size) + bytes([0, 0])
    return out + bytes([0xFE, 1, 0]) * ((size - 1) // 64)


class Exposition(http.server.BaseHTTPRequestHandler):
    """/NAME serves what is in `bodies` under that name."""
    bodies = {"good": ("text/plain; version=0.0.4", b"steady 1\n")}

    def do_GET(self):
        kind, body = self.bodies[self.path[1:]]
        try:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            pass

    def log_message(self, *_):
        pass


GETS = ["/api/v1/query", "/api/v1/query_range", "/api/v1/format_query", "/api/v1/labels", "/api/v1/label/job/values", "/api/v1/series", "/api/v1/metadata", "/api/v1/query_exemplars",
        "/api/v1/targets", "/api/v1/scrape_pools", "/api/v1/rules", "/api/v1/alerts", "/api/v1/status/buildinfo", "/api/v1/status/runtimeinfo", "/api/v1/status/tsdb",
        "/loki/api/v1/query", "/loki/api/v1/query_range", "/loki/api/v1/format_query", "/loki/api/v1/labels", "/loki/api/v1/label", "/loki/api/v1/label/job/values", "/loki/api/v1/series",
        "/loki/api/v1/index/stats", "/loki/api/v1/index/volume", "/loki/api/v1/status/buildinfo", "/metrics", "/-/ready", "/-/healthy", "/ready"]
PUSHES = ["/api/v1/write", "/loki/api/v1/push"]
POSTS = PUSHES + ["/-/reload"] + [path for path in GETS if path.endswith(("query", "query_range", "labels", "series"))]
# As in Prometheus and Loki, queries may come as a form.
TAKE_POST = POSTS + ["/api/v1/query_exemplars", "/loki/api/v1/label", "/loki/api/v1/label/job/values", "/loki/api/v1/index/stats", "/loki/api/v1/index/volume"]


def send_raw(server, pieces, timeout=40):
    """Sends pieces until the server answers or closes; its status line, or '' when it only closed, and the bytes sent until then."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=timeout) as s:
        sent = 0
        try:
            for piece in pieces:
                if select.select([s], [], [], 0)[0]:
                    break
                s.sendall(piece)
                sent += len(piece)
        except OSError:
            pass
        try:
            answer = s.recv(4096)
        except OSError:
            answer = b""
        return answer.split(b"\r\n")[0].decode(errors="replace"), sent


def sends_on(server, head, piece, seconds):
    """Whether the server closes on someone who goes on sending after the refusal."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=seconds) as s:
        end = time.time() + seconds
        try:
            s.sendall(head)
            while time.time() < end:
                s.sendall(piece)
        except OSError:
            return True
    return False


def large_bodies(server):
    block = b"x" * (1 << 20)
    for path in POSTS:
        head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n".encode()
        answer, sent = send_raw(server, [head + b"Content-Length: 1073741824\r\n\r\n"] + [block] * 1024)
        check(" 413" in answer and sent < ANSWERED_WITHIN, f"{path}: a body of 1 GB: {answer or 'closed'}, after {sent >> 20} MB")
        answer, sent = send_raw(server, [head + b"Transfer-Encoding: chunked\r\n\r\n"] + [b"100000\r\n" + block + b"\r\n"] * 1024)
        check(" 413" in answer and sent < ANSWERED_WITHIN, f"{path}: an endless chunked body: {answer or 'closed'}, after {sent >> 20} MB")
        if path in PUSHES:
            check(sends_on(server, head + b"Transfer-Encoding: chunked\r\n\r\n", b"100000\r\n" + block + b"\r\n", 30), f"{path}: who does not stop sending is cut off")
    for path in GETS:
        answer, _ = send_raw(server, [f"GET {path}?x=".encode()] + [block] * 64)
        check(not answer or re.search(" 4(00|14|31)", answer) is not None, f"{path}: an endless address: {answer or 'closed'}")


def bombs(server):
    zeros = zlib.compressobj(9, zlib.DEFLATED, 31)
    gzip_bomb = b"".join(zeros.compress(bytes(1 << 20)) for _ in range(512)) + zeros.flush()
    deflate = zlib.compressobj(9)
    deflate_bomb = b"".join(deflate.compress(bytes(1 << 20)) for _ in range(512)) + deflate.flush()
    for path in PUSHES:
        for kind in ("application/json", "application/x-protobuf"):
            for encoding, body in (("gzip", gzip_bomb), ("deflate", deflate_bomb), ("snappy", snappy_bomb(512 << 20))):
                status, text = server.request("POST", path, body, {"Content-Type": kind, "Content-Encoding": encoding})
                check(status in (400, 413, 415) and text.strip() != "", f"{path}: a {encoding} bomb of {len(body) >> 10} KB as {kind}: {status} {text.strip()[:110]}")
        # Many at once: the bound is for all of them together.
        answers = []
        threads = [threading.Thread(target=lambda: answers.append(server.request("POST", path, gzip_bomb, {"Content-Type": "application/json", "Content-Encoding": "gzip"})[0])) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        check(len(answers) == 16 and set(answers) <= {413, 503}, f"{path}: 16 gzip bombs at once: {sorted(set(answers))}")
        # The block format of snappy names its size first: a lie must not be believed.
        for size in (2**32 - 1, 2**31, 100):
            status, text = server.request("POST", path, varint(size) + b"\x00a", {"Content-Type": "application/x-protobuf", "Content-Encoding": "snappy"})
            check(status == 400 or status == 413, f"{path}: snappy that claims {size} bytes: {status} {text.strip()[:110]}")


def garbage(server):
    chance = random.Random(1)
    good = json.dumps({"streams": [{"stream": {"job": "x"}, "values": [["1", "a"]]}]}).encode()
    bodies = {"nothing": b"", "bytes": chance.randbytes(5000), "cut JSON": good[:-7], "deep JSON": b"[" * 100_000, "HTML": b"<html>hello</html>", "NUL": b"\0" * 100,
              "JSON of another form": b'{"streams": 5}', "numbers": b"[1,2,3]"}
    for path in PUSHES:
        for name, body in bodies.items():
            for kind in ("application/json", "application/x-protobuf", "text/html", ""):
                for encoding in ("", "gzip", "snappy", "zstd", "br", "nonsense"):
                    status, text = server.request("POST", path, body, {"Content-Type": kind, "Content-Encoding": encoding})
                    fine = 400 <= status < 500 and text.strip() != ""
                    # An empty push pushes nothing; Prometheus and Loki take some of them too.
                    if not fine and not (name == "nothing" and status in (200, 204)):
                        check(False, f"{path}: {name} as '{kind}' '{encoding}': {status} {text[:100]}")
    check(True, "garbage in every content type and encoding")
    for path in GETS + PUSHES + ["/-/reload"]:
        for method in ("PUT", "DELETE", "PATCH", "BREW", *(["GET"] if path in POSTS and path not in GETS else []), *(["POST"] if path not in TAKE_POST else [])):
            status, text = server.request(method, path)
            if status not in (405, 501, 400) or not text.strip():
                check(False, f"{path}: method {method}: {status} {text[:100]}")
    check(True, "wrong methods")
    status, text = server.request("GET", "/api/v1/nothing")
    check(status == 404 and text.strip(), f"an unknown path: {status} {text.strip()[:100]}")
    for lines in (b"\x16\x03\x01\x02\x00", b"GET / HTTP/9.9\r\n\r\n", b"GET\r\n\r\n", b"\r\n\r\n\r\n", b"POST /api/v1/write HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
                  b"POST /api/v1/write HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nzzz\r\n",
                  b"POST /api/v1/write HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n"):
        answer, _ = send_raw(server, [lines], 20)
        check(not answer or " 4" in answer or " 5" in answer, f"not HTTP: {lines[:60]!r}: {answer or 'closed'}")


def absurd_parameters(server):
    values = ["", "nonsense", "-1", "1e400", "NaN", "99999999999999999999", "-9223372036854775808", "\0", "\udcff", "0x7", "x" * 10_000]
    server_errors = []
    asked = 0
    expressions = ["", "(" * 10_000, "up[", "{", "rate(up)", "sum(", "1" + "+1" * 20_000, "\0", 'up{a=~"("}', 'up{a=~"' + "(a{1000}){1000}" + '"}', "up[99999999y]", "up offset 999999999y",
                   "label_replace(up,", "-" * 5_000 + "1", 'count_over_time({a="b"}[', '{job=~".+"}' + '|="x"' * 5_000, "topk(1e300, up)", "up @ 1e300", "absent(" * 1_000 + "up" + ")" * 1_000,
                   'up{' + ",".join(f'a{i}="b"' for i in range(10_000)) + "}", "vector(1)[1000y:1ms]", "quantile_over_time(0.5, vector(1)[1y:1ms])"]
    for path in GETS[:26]:
        for name in ("query", "match[]", "time", "start", "end", "step", "limit", "timeout", "direction", "interval", "type", "state"):
            base = {"query": 'count_over_time({job=~".+"}[1m])' if "loki" in path else "up", "match[]": "up", "start": "1700000000", "end": "1700000600", "step": "15"}
            for value in values + (expressions if name in ("query", "match[]") else []):
                address = path + "?" + urllib.parse.urlencode({**base, name: value}, errors="surrogateescape")
                if len(address) > 250_000:
                    continue
                asked += 1
                try:
                    status, text = server.request("GET", address, timeout=30)
                except OSError as error:
                    server_errors.append(f"{path} {name}={value[:40]!r}: {error}")
                    continue
                if status >= 500 and status != 503 or status >= 400 and not text.strip():
                    server_errors.append(f"{path} {name}={value[:40]!r}: {status} {text[:120]}")
    for error in server_errors[:20]:
        print("         ", error)
    check(not server_errors, f"{asked} requests with absurd parameters, {len(server_errors)} without a proper answer")


def slow_loris(server):
    """More connections than handlers dawdle with their headers and bodies; others are answered meanwhile."""
    held = []
    for i in range(200):
        s = socket.create_connection(("127.0.0.1", server.port), timeout=5)
        s.sendall(b"POST /loki/api/v1/push HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{" if i % 2 else b"GET /api/v1/query?query=up HTTP/1.1\r\nHo")
        held.append(s)
    begin = time.time()
    status, _ = server.request("GET", "/api/v1/query?query=up", timeout=10)
    check(status == 200 and time.time() - begin < 2, f"an honest query beside 200 that dawdle: {status} after {time.time() - begin:.2f} s")
    end = time.time() + 45
    open_ones = set(range(200))
    while open_ones and time.time() < end:
        for i in list(open_ones):
            held[i].settimeout(0.001)
            try:
                if i % 2 == 0:
                    held[i].sendall(b"x")  # a byte now and then does not help
                if held[i].recv(4096) == b"":
                    open_ones.discard(i)
            except (TimeoutError, BlockingIOError):
                pass
            except OSError:
                open_ones.discard(i)
        time.sleep(1)
    check(not open_ones, f"those that dawdle are closed: {200 - len(open_ones)} of 200")
    for s in held:
        s.close()


def expositions(port):
    """Each file of the folder gets the health, samples and series that its expected.json names."""
    expected = json.loads((malformed / "expected.json").read_text())
    lines = ["global: {scrape_interval: 1s, scrape_timeout: 1s}", "scrape_configs:"]
    usable = []
    for entry in expected:
        file = malformed / entry["file"]
        if not file.exists() or entry.get("server"):
            continue  # those need a server that misbehaves on the connection
        # Some name a time: now, or milliseconds from it.
        def moment(match):
            base = time.time_ns() // 10**6 if match[1] == b"NOWMS" else time.time_ns() // 10**9
            return str(base + int(match[2] or 0)).encode()
        Exposition.bodies[entry["file"]] = (entry["content_type"], re.sub(rb"@(NOWMS|NOWS)([+-]\d+)?@", moment, file.read_bytes()))
        usable.append(entry)
        lines += [f"  - job_name: '{entry['file']}'", f"    metrics_path: /{entry['file']}", f"    static_configs: [{{targets: ['127.0.0.1:{port}']}}]"]
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "workspace.yml").write_text("\n".join(lines) + "\n")
        server = Server(program, folder)
        try:
            end = time.time() + 30
            while time.time() < end:
                targets = server.api.get("/api/v1/targets")[0]["activeTargets"]
                if len(targets) == len(usable) and all(target["health"] != "unknown" for target in targets):
                    break
                time.sleep(0.3)
            state = {target["scrapePool"]: target for target in targets}
            wrong = []
            for entry in usable:
                target = state[entry["file"]]
                value = server.api.get("/api/v1/query", query=f'up{{job="{entry["file"]}"}}')[0]["result"]
                up = value[0]["value"][1] if value else None
                if (target["health"], up) != (entry["health"], entry["up"]):
                    wrong.append(f"{entry['file']}: {target['health']}, up {up}; expected {entry['health']}, {entry['up']} ({entry['last_error']}); {target['lastError']}")
                elif target["health"] == "down" and not target["lastError"]:
                    wrong.append(f"{entry['file']}: down without a word")
            for one in wrong:
                print("         ", one)
            check(not wrong, f"{len(usable)} malformed expositions over a real scrape, {len(wrong)} not as expected")
            check(server.peak_mb() < MEMORY_BOUND_MB, f"memory stayed at {server.peak_mb()} MB")
        finally:
            server.stop()


def wait_for(condition, seconds=30):
    end = time.time() + seconds
    while time.time() < end:
        if condition():
            return True
        time.sleep(0.1)
    return False


RULES = "groups:\n- name: g\n  interval: 1s\n  rules:\n  - {alert: Steady, expr: steady == 1}\n"
PLACE = r"\S+:\d+:\d+: "
# What is written over which file, and what the answer of /-/reload must contain.
BROKEN_FILES = [
    ("workspace.yml", "scrape_configs: [", PLACE),
    ("workspace.yml", "global: {scrape_interval: soon}\n", PLACE + r".*duration like 15s"),
    ("workspace.yml", "scrape_configs:\n  - job_name: a\n    relabel_configs: [{action: explode}]\n", PLACE + ".*explode"),
    ("workspace.yml", "scrape_configs:\n  - job_name: a\n  - job_name: a\n", PLACE + ".*a"),
    ("workspace.yml", "scrape_configs:\n  - job_name: a\n    metrics_path: [1]\n", PLACE + ".*text"),
    ("workspace.yml", "- just\n- a list\n", PLACE + ".*mapping"),
    ("workspace.yml", "\0\0\0", PLACE),
    ("workspace.yml", "a: *nobody\n", PLACE),
    ("workspace.yml", "rule_files: {a: b}\n", PLACE),
    ("workspace.yml", "\t- x\n", PLACE),
    ("workspace.yml", "data_sources: [{name: x, type: oracle, url: 'http://x'}]\n", PLACE + ".*oracle"),
    ("workspace.yml", None, "workspace.yml"),
    ("rules/r.yml", "groups:\n- name: g\n  rules:\n  - {alert: A, expr: 'sum('}\n", PLACE + ".*expr"),
    ("rules/r.yml", "groups:\n- name: g\n  rules:\n  - {alert: A, expr: up, for: soon}\n", PLACE + ".*for"),
    ("rules/r.yml", "groups:\n- name: g\n  rules:\n  - {alert: A, exprr: up}\n", PLACE + ".*exprr"),
    ("rules/r.yml", "groups: [", PLACE),
    ("rules/r.yml", "\0\0\0\0", PLACE + ".*control character"),
    ("rules/r.yml", "groups:\n- name: g\n- name: g\n", PLACE + ".*g"),
    ("rules/r.yml", "groups:\n- name: g\n  rules:\n  - {alert: A, expr: up, annotations: {x: '{{ .Nothing'}}\n", PLACE + ".*template"),
]


def broken_files(port):
    with tempfile.TemporaryDirectory() as folder:
        good = f"global: {{scrape_interval: 1s}}\nscrape_configs:\n  - job_name: steady\n    metrics_path: /good\n    static_configs: [{{targets: ['127.0.0.1:{port}']}}]\nrule_files: [rules/*.yml]\n"
        contents = {"workspace.yml": good, "rules/r.yml": RULES}
        os.mkdir(f"{folder}/rules")
        for name, text in contents.items():
            pathlib.Path(folder, name).write_text(text)
        server = Server(program, folder)
        try:
            def works_after(begin):
                """Scrapes and rule evaluations come that are younger than `begin`."""
                def newest(series):
                    result = server.api.get("/api/v1/query", query=f"timestamp({series})")[0]["result"]
                    return float(result[0]["value"][1]) if result else 0
                return newest('ALERTS{alertname="Steady",alertstate="firing"}') > begin and newest("steady") > begin
            wait_for(lambda: works_after(0))
            for name, text, wanted in BROKEN_FILES:
                path = pathlib.Path(folder, name)
                if text is None:
                    path.unlink()
                else:
                    path.write_text(text)
                status, answer = server.request("POST", "/-/reload")
                check(status == 400 and re.search(wanted, answer), f"reload with {name} = {text!r}: {status} {answer.strip()[:200]}")
                now = time.time()
                if not wait_for(lambda: works_after(now)):
                    check(False, f"what was loaded before works on after {name} = {text!r}")
                # The same at the start.
                with tempfile.TemporaryDirectory() as other:
                    if text is not None:
                        os.mkdir(f"{other}/rules")
                        for file, content in {**contents, name: text}.items():
                            pathlib.Path(other, file).write_text(content)
                        started = subprocess.run([program, "serve", "--workspace", other, "--listen", "127.0.0.1:0"], capture_output=True, text=True, timeout=30)
                        check(started.returncode == 1 and re.search(wanted, started.stderr), f"start with it: {started.returncode} {started.stderr.strip()[:160]}")
                path.write_text(contents[name])
                status, answer = server.request("POST", "/-/reload")
                if status != 200:
                    check(False, f"mended again: {status} {answer[:200]}")
            now = time.time()
            check(wait_for(lambda: works_after(now)), "mended, it works")
            metrics = server.request("GET", "/metrics")[1]
            counted = int(float(re.search(r"^belvedere_config_failed_reloads_total (\S+)", metrics, re.M)[1]))
            check(counted >= len(BROKEN_FILES), f"failed reloads are counted: {counted}")
        finally:
            server.stop()


def broken_discovery(port):
    """A file_sd file that breaks while it runs: its targets stay, and standard error names file and place. A dashboard that is
    no dashboard is told of by the command, and is no reason not to start."""
    with tempfile.TemporaryDirectory() as folder:
        listed = pathlib.Path(folder, "targets.yml")
        good = f"- targets: ['127.0.0.1:{port}']\n"
        listed.write_text(good)
        pathlib.Path(folder, "workspace.yml").write_text("global: {scrape_interval: 1s}\nscrape_configs:\n  - job_name: listed\n    metrics_path: /good\n    file_sd_configs: [{files: [targets.yml]}]\n")
        dashboard = pathlib.Path(folder, "dashboards", "broken.json")
        dashboard.parent.mkdir()
        dashboard.write_text('{"title": "x", "panels": [\n  {"type": ')
        server = Server(program, folder)
        try:
            def fresh_after(begin):
                result = server.api.get("/api/v1/query", query="timestamp(steady)")[0]["result"]
                return bool(result) and float(result[0]["value"][1]) > begin
            check(wait_for(lambda: fresh_after(0)), "a discovered target is scraped, beside a broken dashboard")
            for text, wanted in (("- targets: {\n", "line 2, column 1"), ("targets: [a:1]\n", "line 1, column 1"), ("- targets: [a:1]\n  labls: {}\n", "line 2, column 3.*labls"), ("\0\0", "control character")):
                said = len(server.messages())
                listed.write_text(text)
                told = wait_for(lambda: re.search(f"job listed: .*targets.yml: .*{wanted}", server.messages()[said:]))
                now = time.time()
                check(told and wait_for(lambda: fresh_after(now)), f"file_sd becomes {text!r}: told with its place, and the target is scraped on")
            listed.write_text("[]")
            check(wait_for(lambda: not server.api.get("/api/v1/targets")[0]["activeTargets"]), "an empty list ends the target")
            listed.write_text(good)
            now = time.time()
            check(wait_for(lambda: fresh_after(now)), "mended, it is scraped again")
            checked = subprocess.run([program, "dashboard", "check", str(dashboard)], capture_output=True, text=True, timeout=30)
            check(checked.returncode == 1 and re.search(r"broken.json: .*line 2, column \d+", checked.stdout), f"dashboard check: {checked.returncode} {checked.stdout.strip()}")
        finally:
            server.stop()


def main():
    target = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Exposition)
    threading.Thread(target=target.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "workspace.yml").write_text(f"scrape_configs:\n  - job_name: steady\n    scrape_interval: 1s\n    metrics_path: /good\n    static_configs: [{{targets: ['127.0.0.1:{target.server_port}']}}]\n")
        server = Server(program, folder)
        for part in (large_bodies, bombs, garbage, absurd_parameters, slow_loris):
            begin = time.time()
            server.reset_peak()
            part(server)
            check(server.is_alive() and server.peak_mb() < MEMORY_BOUND_MB, f"{part.__name__}: alive, memory at most {server.peak_mb()} MB, {time.time() - begin:.0f} s")
        steady = server.api.get("/api/v1/query", query="count_over_time(steady[30s])")[0]["result"]
        check(bool(steady) and float(steady[0]["value"][1]) >= 28, f"the scrape went on meanwhile: {steady[0]['value'][1] if steady else 0} samples in 30 s")
        names = server.api.get("/api/v1/label/__name__/values")[0]
        check(all(name in ("ALERTS",) or name.startswith(("steady", "scrape_", "up")) for name in names), f"nothing of it was stored: {names}")
        server.stop()
    if malformed and malformed.exists():
        expositions(target.server_port)
    else:
        print("--    the malformed expositions are not here")
    broken_files(target.server_port)
    broken_discovery(target.server_port)
    print(f"{len(failures)} failures")
    return 1 if failures else 0


sys.exit(main())
