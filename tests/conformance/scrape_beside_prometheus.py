#!/usr/bin/env python3
"""Lets Belvedere and the real Prometheus scrape the same targets and compares what they store.

  scrape_beside_prometheus.py BELVEDERE [--peers DIR]

The targets serve recorded expositions of real exporters, each under several jobs: plain, honor_labels, metric relabelling, limits. All series and values
are compared, the synthetic ones too; then the targets stop, and staleness is compared. DIR (or $BELVEDERE_PEERS) holds prometheus; without it the check
is skipped (exit status 77).
"""
import argparse
import http.server
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request

import over_http

EXPOSITIONS = over_http.HERE / "promql/expositions"
FILES = ["node_exporter.txt", "redis_exporter.txt", "postgres_exporter.txt", "alertmanager.txt", "prometheus.txt", "python_client_app.txt", "python_client_app.om", "victoria_metrics.txt", "own.txt"]
VARIED = ["node_exporter.txt", "python_client_app.om", "own.txt"]
OWN = """# TYPE own_total counter
own_total{job="theirs",instance="elsewhere",exported_job="before"} 3
own_total{job="",code="200"} 4
timed_value{a="1"} 7 %d
long_value{text="%s"} 1
"""
VARIANTS = {
    "plain": "",
    "honor": "    honor_labels: true\n",
    "no_times": "    honor_timestamps: false\n",
    "relabel": """    metric_relabel_configs:
      - {source_labels: [__name__], regex: 'go_.*|.*_bucket', action: drop}
      - {source_labels: [__name__, job], regex: '(.)(.*);(.*)', target_label: first, replacement: '$1-$3'}
      - {regex: 'version|device', action: labeldrop}
      - {source_labels: [instance], modulus: 7, target_label: part, action: hashmod}
""",
    "samples": "    sample_limit: 50\n",
    "labels": "    label_limit: 4\n",
    "values": "    label_value_length_limit: 60\n",
}
UNSTEADY = {"scrape_duration_seconds"}


def serve():
    own = OWN % (int(time.time() * 1000) - 2000, "x" * 100)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            name = urllib.parse.urlsplit(self.path).path.strip("/").split("/")[-1]
            body = own.encode() if name == "own.txt" else (EXPOSITIONS / name).read_bytes()
            self.send_response(200)
            kind = "application/openmetrics-text; version=1.0.0; charset=utf-8" if name.endswith(".om") else "text/plain; version=0.0.4; charset=utf-8"
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    class Server(http.server.ThreadingHTTPServer):
        def handle_error(self, *_):
            pass  # a scraper gave up

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def configuration(port):
    out = "global: {scrape_interval: 2s, scrape_timeout: 2s}\nscrape_configs:\n"
    for variant, options in VARIANTS.items():
        for name in FILES if variant == "plain" else VARIED:
            out += "  - job_name: %s_%s\n    metrics_path: /%s\n    static_configs: [{targets: ['127.0.0.1:%d'], labels: {place: here}}]\n%s" % (variant, name, name, port, options)
    return out


def ask(base, query):
    url = base + "/api/v1/query?" + urllib.parse.urlencode({"query": query})
    data = json.load(urllib.request.urlopen(url, timeout=30))["data"]["result"]
    return {tuple(sorted(series["metric"].items())): series["value"][1] for series in data}


def compare(what, ours, theirs):
    steady = lambda answer: {labels: value for labels, value in answer.items() if dict(labels).get("__name__") not in UNSTEADY}
    ours, theirs = steady(ours), steady(theirs)
    missing, more = sorted(theirs.keys() - ours.keys()), sorted(ours.keys() - theirs.keys())
    wrong = [labels for labels in ours.keys() & theirs.keys() if ours[labels] != theirs[labels]]
    print("%s: %d series, %d missing, %d too many, %d with another value" % (what, len(theirs), len(missing), len(more), len(wrong)))
    for title, some in (("missing", missing), ("too many", more), ("another value", wrong)):
        for labels in some[:5]:
            print("    %s: %s ours %s theirs %s" % (title, dict(labels), ours.get(labels), theirs.get(labels)))
    return not missing and not more and not wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("belvedere")
    parser.add_argument("--peers", default=os.environ.get("BELVEDERE_PEERS"))
    arguments = parser.parse_args()
    peers = pathlib.Path(arguments.peers) if arguments.peers else None
    if peers is None or not (peers / "prometheus").exists():
        print("skipped: prometheus is not there (--peers or BELVEDERE_PEERS)")
        sys.exit(over_http.SKIPPED)
    targets = serve()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        config = folder / "scrape.yml"
        config.write_text(configuration(targets.server_port))
        workspace = over_http.new_workspace(folder)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        with open(folder / "prometheus.log", "wb") as log:
            prometheus = subprocess.Popen([str(peers / "prometheus"), "--config.file=%s" % config, "--storage.tsdb.path=%s" % (folder / "data"), "--web.listen-address=127.0.0.1:%d" % port],
                                          stdout=log, stderr=log)
        try:
            with over_http.serve(arguments.belvedere, workspace, "--config", config) as server:
                theirs = "http://127.0.0.1:%d" % port
                good = watch(server.url, theirs, targets)
        finally:
            prometheus.terminate()
            prometheus.wait()
    sys.exit(0 if good else 1)


def wait_for(what, bases, query, wanted):
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            if all(list(ask(base, query).values()) == [str(wanted)] for base in bases):
                return
        except OSError:
            pass
        time.sleep(0.3)
    sys.exit("%s: not within 60 s" % what)


def watch(ours, theirs, targets):
    jobs = len(FILES) + len(VARIED) * (len(VARIANTS) - 1)
    # The bodies of later scrapes add no series.
    wait_for("scrapes of all targets", (ours, theirs), "count(count_over_time(up[1m]) > 2)", jobs)
    everything = '{__name__=~".+",job!=""}'
    for _ in range(8):  # on a busy machine some scrapes time out
        good = compare("scraped", ask(ours, everything), ask(theirs, everything))
        if good:
            break
        time.sleep(3)
    targets.shutdown()
    targets.server_close()
    wait_for("targets that are down", (ours, theirs), "count(up == 0)", jobs)
    time.sleep(1.5)
    return compare("after the targets stopped", ask(ours, everything), ask(theirs, everything)) and good


if __name__ == "__main__":
    main()
