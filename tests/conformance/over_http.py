#!/usr/bin/env python3
"""Starts `belvedere serve` in a workspace of its own and runs recorded checks against its HTTP API.

  over_http.py BELVEDERE promql | remote-write | testdata | logql | robustness

Fails when fewer cases pass than floors.json says, so that what once passed keeps passing. Exit status 77: skipped, because
the data it needs are not there.
"""
import http.client
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from belvedere_server import Server

HERE = pathlib.Path(__file__).resolve().parent
SKIPPED = 77
FEATURES = "promql-experimental-functions,promql-duration-expr"
# No collectors and no retention: only what a check loads is there.
QUIET_WORKSPACE = "scrape_configs: []\nlogs: {docker: false}\n"


def serve(belvedere, workspace, *options):
    return Server(belvedere, workspace, "--enable-feature", FEATURES, *options)


def new_workspace(folder):
    workspace = pathlib.Path(folder) / "workspace"
    workspace.mkdir()
    (workspace / "workspace.yml").write_text(QUIET_WORKSPACE)
    return workspace


def shared(*parts):
    """Data that is not part of the repository; None where it is absent."""
    root = pathlib.Path(os.environ.get("BELVEDERE_CORPUS") or HERE.parent.parent.parent / "shared")
    path = root.joinpath(*parts)
    return path if path.exists() else None


def run_client(arguments, floor):
    """Runs a checking client, shows its output, and compares its last line with the floor."""
    result = subprocess.run([sys.executable, *map(str, arguments)], stdout=subprocess.PIPE, text=True)
    print(result.stdout, end="", flush=True)
    last = re.search(r"(\d+) passed, (\d+) failed\s*$", result.stdout)
    if not last:
        sys.exit("the client did not finish")
    required = json.loads((HERE / "floors.json").read_text())[floor]
    if int(last[1]) < required:
        sys.exit("%s: %s passed, at least %d must" % (floor, last[1], required))
    print("%s: %s passed, floor %d" % (floor, last[1], required))


def promql(belvedere, folder):
    workspace = new_workspace(folder)
    subprocess.run([belvedere, "import", "metrics", "--workspace", workspace, HERE / "promql/data.om.gz"], check=True)
    with serve(belvedere, workspace) as server:
        print("started in %.2f s" % server.start_seconds)
        run_client([HERE / "promql/check.py", server.url, HERE / "promql/queries.jsonl.gz", "-v"], "promql")
        print("stopped in %.2f s" % server.stop())


def remote_write(belvedere, folder):
    """The same data by remote write, and the same answers."""
    workspace = new_workspace(folder)
    with serve(belvedere, workspace) as server:
        subprocess.run([sys.executable, HERE / "promql/load.py", "remote-write", server.url + "/api/v1/write", HERE / "promql/data.om.gz"], check=True)
        run_client([HERE / "promql/check.py", server.url, HERE / "promql/queries.jsonl.gz", "-c", "selector", "-c", "rate", "-c", "aggregate", "-c", "histogram_classic",
                    "-c", "labels", "-c", "label_values", "-c", "series", "-c", "over_time", "-v"], "remote_write")
        server.stop()


def testdata(belvedere, _folder):
    files = shared("conformance", "promql", "testdata")
    if files is None:
        print("skipped: Prometheus' own test scripts are not there")
        return SKIPPED
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = "exec %s serve --workspace {data} --config %s --listen 127.0.0.1:{port} --enable-feature %s,promql-delayed-name-removal" % (belvedere, HERE / "quiet.yml", FEATURES)
    run_client([HERE / "promql/run_testdata.py", "--server", command, "--port", port, "-v", *sorted(files.glob("*.test"))], "promql_testdata")


def logql(belvedere, folder):
    workspace = new_workspace(folder)
    with serve(belvedere, workspace) as server:
        run_client([HERE / "logql/check.py", server.url, "--push", HERE / "logql/corpus_a.ndjson.gz", "--wait", "0.2", "-v", "40", HERE / "logql/queries.jsonl.gz"], "logql")
        server.stop()


# Robustness: every request must get an answer that says what is wrong, or a closed connection; and the server must live on.

def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def gzip_bomb(size):
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = b"0" * (1 << 20)
    return b"".join(packer.compress(block) for _ in range(size >> 20)) + packer.flush()


def snappy_bomb(size):
    """A literal byte, and copies of it: 64 bytes for every three."""
    copies = (size - 1) // 64
    return varint(1 + copies * 64) + b"\x00a" + b"\xfe\x01\x00" * copies


def post(port, path, body, headers, timeout=60):
    """Sends `body`, bytes or an iterator of them, and answers the status, also when it comes before the end."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.putrequest("POST", path)
        for name, value in headers.items():
            connection.putheader(name, value)
        if isinstance(body, bytes):
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders()
        try:
            for piece in ([body] if isinstance(body, bytes) else body):
                connection.send(piece)
        except OSError:
            pass  # the server has stopped listening; its answer is waiting
        answer = connection.getresponse()
        return answer.status, answer.read().decode("utf-8", "replace")
    finally:
        connection.close()


def resident_bytes(process):
    with open("/proc/%d/statm" % process.pid) as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGESIZE")


def robustness(belvedere, folder):
    workspace = new_workspace(folder)
    problems = []
    passed = 0

    def expect(what, status, allowed):
        nonlocal passed
        if status in allowed:
            passed += 1
        else:
            problems.append("%s: answered %s, expected one of %s" % (what, status, sorted(allowed)))

    with serve(belvedere, workspace) as server:
        port = server.port
        pushes = {"/api/v1/write": "application/x-protobuf", "/loki/api/v1/push": "application/json"}
        queries = ["/api/v1/query", "/api/v1/query_range", "/api/v1/series", "/api/v1/labels", "/api/v1/format_query", "/loki/api/v1/query", "/loki/api/v1/query_range",
                   "/loki/api/v1/series", "/loki/api/v1/labels", "/loki/api/v1/format_query"]

        def megabytes(count):
            block = b"x" * (1 << 20)
            return (block for _ in range(count))

        for path in [*pushes, *queries, "/metrics", "/-/ready", "/nowhere"]:
            # 1 GB announced, then sent until the server hangs up.
            status, _ = post(port, path, megabytes(1024), {"Content-Length": str(1 << 30), "Content-Type": "application/x-www-form-urlencoded"})
            expect("1 GB at " + path, status, {404, 405, 413})

        def chunked(count):
            block = b"100000\r\n" + b"x" * (1 << 20) + b"\r\n"
            return (block for _ in range(count))

        for path in [*pushes, "/api/v1/query"]:
            status, _ = post(port, path, chunked(1024), {"Transfer-Encoding": "chunked", "Content-Type": "application/x-www-form-urlencoded"})
            expect("1 GB in chunks at " + path, status, {413})

        bombs = {"gzip": gzip_bomb(512 << 20), "snappy": snappy_bomb(1 << 30)}
        for path, content_type in pushes.items():
            for encoding, bomb in bombs.items():
                status, text = post(port, path, bomb, {"Content-Type": content_type, "Content-Encoding": encoding})
                expect("%s bomb at %s" % (encoding, path), status, {400, 413, 415})
                if not text.strip():
                    problems.append("%s bomb at %s: the answer does not say why" % (encoding, path))

        garbage = [b"", b"\x00" * 1000, bytes(range(256)) * 40, b"{" * 100_000, b"[" * 100_000, b'{"streams":[{"stream":{"a":"b"},"values":[["x","y"]]}]}', b'{"streams": 3}',
                   "ｎｏｔ ａｓｃｉｉ".encode(), b"\xff\xfe\xfd", varint(1 << 40) + b"abc", b"query=" + b"(" * 200_000, b"query=%zz%", b"match[]=%00{", b"query=" + b"a+" * 100_000]
        encodings = [{}, {"Content-Encoding": "gzip"}, {"Content-Encoding": "snappy"}, {"Content-Encoding": "br"}]
        # An empty push or selection is fine; anything else must be refused.
        for path in [*pushes, *queries]:
            for body in garbage:
                for extra in encodings if path in pushes else [{}]:
                    content_type = pushes.get(path, "application/x-www-form-urlencoded")
                    for kind in {content_type, "application/x-protobuf", "text/plain"} if path in pushes else {content_type}:
                        status, _ = post(port, path, body, {"Content-Type": kind, **extra})
                        allowed = {400, 405, 413, 415, 422} | ({200, 204} if "labels" in path or body == b"" or path == "/loki/api/v1/series" else set())
                        expect("garbage %r… as %s %s at %s" % (body[:12], kind, extra, path), status, allowed)

        for path in ["/api/v1/label/%00/values", "/api/v1/label/U__%ff_/values", "/api/v1/query?query=" + "%28" * 3000, "/api/v1/query_range?query=up&start=1e400&end=NaN&step=-inf",
                     "/api/v1/query_range?query=up&start=0&end=9e15&step=1", "/api/v1/series?match[]=", "/api/v1/series?match[]={}", "/api/v1/query?query=up&time=99999999999999999999",
                     "/api/v1/query?query=up&timeout=-5", "/loki/api/v1/query_range?query={a=%22b%22}&start=-9223372036854775808&end=9223372036854775807&limit=99999999999999999999",
                     "/loki/api/v1/query_range?query={a=%22b%22}&step=1e-300", "/loki/api/v1/label/%2f/values?start=x", "/%00", "/..%2f..%2fetc%2fpasswd", "/api/v1/" + "a" * 10_000]:
            try:
                with urllib.request.urlopen(server.url + path, timeout=30) as answer:
                    expect(path[:60], answer.status, {200})
            except urllib.error.HTTPError as refused:
                expect(path[:60], refused.code, {200, 400, 404, 422})

        # Connections that say nothing sensible, or nothing at all, or hang up in the middle.
        for bytes_sent in [b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1", b"GET\r\n\r\n", b"\x00" * 4096, b"GET / HTTP/9.9\r\n\r\n", b"POST /api/v1/write HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n",
                           b"POST /loki/api/v1/push HTTP/1.1\r\nContent-Length: 100\r\n\r\nabc", b"GET /api/v1/query?query=up HTTP/1.1\r\nX: " + b"y" * 10_000_000]:
            with socket.create_connection(("127.0.0.1", port)) as connection:
                try:
                    connection.sendall(bytes_sent)
                except OSError:
                    pass
        idle = [socket.create_connection(("127.0.0.1", port)) for _ in range(200)]
        hanging = threading.Thread(target=lambda: [c.close() for c in idle])
        with urllib.request.urlopen(server.url + "/-/healthy", timeout=10) as answer:
            expect("health beside 200 idle connections", answer.status, {200})
        hanging.start()
        hanging.join()

        if server.process.poll() is not None:
            sys.exit("the server died:\n" + server.messages())
        if os.path.exists("/proc/self/statm"):
            resident = resident_bytes(server.process)
            print("resident afterwards: %.0f MB" % (resident / 1e6))
            expect("memory after it all", resident < 1_500_000_000, {True})
        server.stop()
    print("\n".join(problems[:60]))
    print("%d passed, %d failed" % (passed, len(problems)))
    return 1 if problems else 0


CHECKS = {"promql": promql, "remote-write": remote_write, "testdata": testdata, "logql": logql, "robustness": robustness}


def main():
    if len(sys.argv) != 3 or sys.argv[2] not in CHECKS:
        sys.exit(__doc__)
    folder = tempfile.mkdtemp(prefix="belvedere-conformance-")
    try:
        return CHECKS[sys.argv[2]](sys.argv[1], folder) or 0
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
