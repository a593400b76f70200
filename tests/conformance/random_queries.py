#!/usr/bin/env python3
"""Asks Belvedere and the real Prometheus the same random queries over the same data and compares the answers.

  random_queries.py BELVEDERE [--peers DIR] [--count 1000] [--seed N] [--show 20]

DIR (or $BELVEDERE_PEERS) holds prometheus and promtool; without them the check is skipped (exit status 77). The seed is printed.
Native histograms are left out. Numbers agree within a relative 1e-9; how many answers agree to the last bit is counted apart. Where
topk and bottomk cut between equal values, both choices are right: Prometheus' depends on the order in which its store gives
the series. Exit status 1 if any answer differs.
"""
import argparse
import gzip
import http.client
import json
import math
import os
import pathlib
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

import over_http

START = 1748736000
END = START + 6 * 3600

GAUGES = ["http_inflight_requests", "celery_queue_length", "worker_queue_depth", "redis_memory_used_bytes", "redis_db_keys", "node_load1", "node_filesystem_avail_bytes",
          "temperature_celsius", "weird_gauge", "sparse_event_value", "ticker_value", "const_value", "huge_value", "gappy_gauge", "countdown_seconds", "up",
          "slo_error_budget_ratio", "pg_stat_database_numbackends", "pg_database_size_bytes", "config_generation", "label_escape_test"]
COUNTERS = ["http_requests_total", "celery_tasks_total", "redis_commands_processed_total", "node_cpu_seconds_total", "node_network_receive_bytes_total", "flaky_jobs_total",
            "ticker_ticks_total", "pg_stat_database_xact_commit", "http_request_duration_seconds_count"]
HISTOGRAMS = ["http_request_duration_seconds_bucket", "celery_task_runtime_seconds_bucket", "odd_histogram_bucket"]
LABELS = ["job", "instance", "service", "method", "status", "queue", "mode", "datname", "le", "device", "handler", "nothing"]
RANGES = ["30s", "1m", "2m", "5m", "7m30s", "15m", "1h", "90s", "16s"]
OVER_TIME = ["avg_over_time", "min_over_time", "max_over_time", "sum_over_time", "count_over_time", "stddev_over_time", "stdvar_over_time", "last_over_time", "present_over_time",
             "changes", "resets", "delta", "idelta", "deriv", "increase", "rate", "irate", "absent_over_time", "mad_over_time"]
MATH = ["abs", "ceil", "floor", "exp", "ln", "log2", "log10", "sqrt", "sgn", "round", "atan", "deg", "rad", "acosh", "timestamp", "minute", "hour", "day_of_week",
        "day_of_month", "days_in_month", "month", "year", "day_of_year", "absent"]


class Generator:
    """Makes queries of the right types, most of which have an answer."""

    def __init__(self, rng, values):
        self.rng = rng
        self.values = values  # of each label

    def pick(self, *options):
        return self.rng.choice(options)

    def matcher(self):
        label = self.rng.choice(LABELS)
        known = self.values.get(label) or [""]
        value = self.rng.choice(known)
        kind = self.rng.random()
        if kind < 0.4:
            return "%s=%s" % (label, json.dumps(value, ensure_ascii=False))
        if kind < 0.6:
            return "%s!=%s" % (label, json.dumps(value, ensure_ascii=False))
        patterns = [".*", ".+", "", value[:2].replace("\\", "").replace("+", "").replace("(", "") + ".*", "|".join(v for v in self.rng.sample(known, min(2, len(known))) if v.isalnum()), "[a-m].*", ".*[0-9]"]
        return "%s%s%s" % (label, self.pick("=~", "!~"), json.dumps(self.rng.choice(patterns), ensure_ascii=False))

    def selector(self, names=None):
        name = self.rng.choice(names or GAUGES + COUNTERS)
        matchers = [self.matcher() for _ in range(self.rng.choice([0, 0, 0, 1, 1, 2]))]
        return name + ("{%s}" % ",".join(matchers) if matchers else "")

    def shift(self):
        kind = self.rng.random()
        if kind < 0.75:
            return ""
        if kind < 0.87:
            return " offset %s%s" % (self.pick("", "-"), self.pick("1m", "5m", "37s", "1h"))
        return " @ %s" % self.pick("start()", "end()", str(START + self.rng.randrange(21600)), "%d.5" % (START + 7200))

    def window(self, depth, names=None):
        if depth > 1 and self.rng.random() < 0.2:
            return "(%s)[%s:%s]%s" % (self.vector(depth - 2), self.pick("5m", "10m", "1h"), self.pick("1m", "30s", "", "45s"), self.shift())
        return "%s[%s]%s" % (self.selector(names), self.rng.choice(RANGES), self.shift())

    def number(self):
        return self.pick("0", "1", "2", "0.5", "-1", "100", "1e3", "NaN", "Inf", "-0.25", "3.7")

    def scalar(self, depth):
        kind = self.rng.random()
        if depth < 1 or kind < 0.7:
            return self.number()
        if kind < 0.8:
            return "time()"
        if kind < 0.9:
            return "scalar(%s)" % self.vector(depth - 1)
        return "(%s %s %s)" % (self.scalar(depth - 1), self.pick("+", "-", "*", "/", "%", "^"), self.scalar(depth - 1))

    def grouping(self):
        if self.rng.random() < 0.3:
            return ""
        return " %s (%s) " % (self.pick("by", "without"), ", ".join(self.rng.sample(LABELS, self.rng.randrange(0, 4))))

    def aggregation(self, depth):
        op = self.pick("sum", "avg", "min", "max", "count", "stddev", "stdvar", "group", "quantile", "count_values")
        grouping, vector = self.grouping(), self.vector(depth - 1)
        if op == "quantile":
            return "quantile%s(%s, %s)" % (grouping, self.pick("0", "0.5", "0.9", "1", "-1", "2", "NaN"), vector)
        if op == "count_values":  # of samples: values become labels, where a last bit would count
            return 'count_values%s("value", %s)' % (grouping, self.selector() + self.shift())
        return "%s%s(%s)" % (op, grouping, vector)

    def binary(self, depth):
        left, right = self.vector(depth - 1), self.vector(depth - 1)
        op = self.pick("+", "-", "*", "/", "%", "^", "atan2", "==", "!=", ">", "<", ">=", "<=", "and", "or", "unless")
        boolean = " bool" if op in ("==", "!=", ">", "<", ">=", "<=") and self.rng.random() < 0.4 else ""
        kind = self.rng.random()
        if op not in ("and", "or", "unless"):
            if kind < 0.3:
                return "%s %s%s %s" % (left, op, boolean, self.scalar(1))
            if kind < 0.4:
                return "%s %s%s %s" % (self.scalar(1), op, boolean, right)
        if kind < 0.6:  # the same series on both sides match
            right = left if self.rng.random() < 0.7 else right
        matching = ""
        if self.rng.random() < 0.5:
            matching = " %s(%s)" % (self.pick("on", "ignoring"), ", ".join(self.rng.sample(LABELS, self.rng.randrange(0, 3))))
            if op not in ("and", "or", "unless") and self.rng.random() < 0.4:
                matching += " %s(%s)" % (self.pick("group_left", "group_right"), self.pick("", "", "job", "service"))
                right = "sum by (job, instance) (%s)" % right if "left" in matching else right
        return "(%s %s%s%s %s)" % (left, op, boolean, matching, right)

    def vector(self, depth):
        kind = self.rng.random()
        if depth <= 0 or kind < 0.12:
            return self.selector() + self.shift()
        if kind < 0.42:
            function = self.rng.choice(OVER_TIME)
            names = COUNTERS if function in ("rate", "irate", "increase", "resets") and self.rng.random() < 0.8 else None
            return "%s(%s)" % (function, self.window(depth, names))
        if kind < 0.46:
            return "quantile_over_time(%s, %s)" % (self.pick("0.5", "0.9", "0", "1"), self.window(depth))
        if kind < 0.49:
            return "predict_linear(%s, %s)" % (self.window(depth, GAUGES), self.pick("60", "3600", "-100"))
        if kind < 0.53:
            return "histogram_quantile(%s, %s(rate(%s)))" % (self.pick("0.5", "0.9", "0.99", "0", "1", "1.5"), self.pick("sum by (le) ", "sum by (le, service) ", "", "sum by (le, job, instance) "), self.window(0, HISTOGRAMS))
        if kind < 0.70:
            return self.aggregation(depth)
        if kind < 0.85:
            return self.binary(depth)
        if kind < 0.95:
            return "%s(%s)" % (self.rng.choice(MATH), self.vector(depth - 1))
        if kind < 0.97:
            return "clamp%s)" % self.pick("(%s, 0, 10" % self.vector(depth - 1), "_min(%s, 1" % self.vector(depth - 1), "_max(%s, 5" % self.vector(depth - 1))
        if kind < 0.985:
            return 'label_replace(%s, "%s", "%s", "%s", "%s")' % (self.vector(depth - 1), self.pick("extra", "job", "instance"), self.pick("x-$1", "$1", "same", ""), self.rng.choice(LABELS), self.pick("(.*)", "([a-z]+).*", "nomatch"))
        return 'label_join(%s, "joined", "-", "job", "instance")' % self.vector(depth - 1)

    def query(self):
        vector = self.vector(self.rng.choice([1, 2, 2, 3, 3, 4]))
        if self.rng.random() < 0.08:  # outermost only, where a cut between equal values can be told from a difference
            return "%s%s(%s, %s)" % (self.pick("topk", "bottomk"), self.grouping(), self.pick("1", "2", "3", "5", "100", "0"), vector)
        return vector


def ask(port, path, parameters):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path + "?" + urllib.parse.urlencode(parameters))
    answer = json.load(connection.getresponse())
    connection.close()
    return answer


def items(data):
    """(labels, time) to value."""
    if data["resultType"] in ("scalar", "string"):
        return {((), str(data["result"][0])): data["result"][1]}
    out = {}
    for series in data["result"]:
        labels = tuple(sorted(series["metric"].items()))
        for when, value in series.get("values") or [series["value"]]:
            out[labels, str(when)] = value
    return out


def number(text):
    return {"NaN": math.nan, "+Inf": math.inf, "-Inf": -math.inf}.get(text) if text in ("NaN", "+Inf", "-Inf") else float(text)


def close(a, b):
    if a == b:
        return True
    a, b = number(a), number(b)
    if math.isnan(a) or math.isnan(b):
        return math.isnan(a) and math.isnan(b)
    if math.isinf(a) or math.isinf(b):
        return a == b
    return abs(a - b) <= 1e-9 * max(abs(a), abs(b)) or abs(a - b) <= 1e-12


def only_ties(query, ours, theirs):
    """True if a cut between equal values can explain the difference: the same values at each time, on other series."""
    if "topk" not in query and "bottomk" not in query:
        return False
    def by_time(answer):
        out = {}
        for (_, when), value in answer.items():
            out.setdefault(when, []).append(number(value))
        return {when: sorted(values, key=lambda v: (math.isnan(v), v)) for when, values in out.items()}
    a, b = by_time(ours), by_time(theirs)
    return a.keys() == b.keys() and all(len(a[when]) == len(b[when]) and all(close(repr(x), repr(y)) or (math.isnan(x) and math.isnan(y)) for x, y in zip(a[when], b[when])) for when in a)


def compare(query, ours, theirs):
    """None if the answers agree, "ties" if a cut between equal values explains it, or what differs."""
    if ours["status"] != theirs["status"]:
        return "ours: %s, theirs: %s" % (ours.get("error", "an answer"), theirs.get("error", "an answer"))
    if ours["status"] == "error":
        return None
    if ours["data"]["resultType"] != theirs["data"]["resultType"]:
        return "another type of answer"
    a, b = items(ours["data"]), items(theirs["data"])
    missing, more = b.keys() - a.keys(), a.keys() - b.keys()
    wrong = [key for key in a.keys() & b.keys() if not close(a[key], b[key])]
    if not missing and not more and not wrong:
        return None
    if only_ties(query, a, b):
        return "ties"
    first = sorted(missing or more or wrong)[0]
    return "%d missing, %d too many, %d wrong of %d; %s: ours %s, theirs %s" % (len(missing), len(more), len(wrong), len(b), first, a.get(first), b.get(first))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("belvedere")
    parser.add_argument("--peers", default=os.environ.get("BELVEDERE_PEERS"))
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--show", type=int, default=20, help="differences to print")
    arguments = parser.parse_args()
    peers = pathlib.Path(arguments.peers) if arguments.peers else None
    if peers is None or not (peers / "prometheus").exists():
        print("skipped: prometheus and promtool are not there (--peers or BELVEDERE_PEERS)")
        sys.exit(over_http.SKIPPED)
    print("seed", arguments.seed, flush=True)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        workspace = over_http.new_workspace(folder)
        data = over_http.HERE / "promql/data.om.gz"
        subprocess.run([arguments.belvedere, "import", "metrics", "--workspace", workspace, data], check=True, stdout=subprocess.DEVNULL)
        with gzip.open(data) as packed, open(folder / "data.om", "wb") as plain:
            shutil.copyfileobj(packed, plain)
        subprocess.run([peers / "promtool", "tsdb", "create-blocks-from", "openmetrics", "-q", folder / "data.om", folder / "blocks"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        (folder / "empty.yml").write_text("global: {}\n")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [peers / "prometheus", "--config.file=%s" % (folder / "empty.yml"), "--storage.tsdb.path=%s" % (folder / "blocks"), "--storage.tsdb.retention.time=20y",
                   "--web.listen-address=127.0.0.1:%d" % port, "--enable-feature=promql-experimental-functions"]
        with open(folder / "prometheus.log", "wb") as log:
            prometheus = subprocess.Popen([str(part) for part in command], stdout=log, stderr=log)
        try:
            with over_http.serve(arguments.belvedere, workspace) as server:
                run(arguments, server, port)
        finally:
            prometheus.terminate()
            prometheus.wait()


def run(arguments, server, port):
    for _ in range(200):
        try:
            ask(port, "/api/v1/query", {"query": "1"})
            break
        except (OSError, ValueError):
            time.sleep(0.1)
    span = {"start": START, "end": END}
    values = {label: ask(port, "/api/v1/label/%s/values" % label, span)["data"] for label in LABELS}
    rng = random.Random(arguments.seed)
    generator = Generator(rng, values)
    counts = {"same": 0, "to the last bit": 0, "ties": 0, "empty": 0, "errors": 0, "different": 0}
    for i in range(arguments.count):
        query = generator.query()
        if rng.random() < 0.5:
            path, parameters = "/api/v1/query", {"query": query, "time": START + rng.randrange(600, 21600)}
        else:
            begin = START + rng.randrange(0, 18000)
            path, parameters = "/api/v1/query_range", {"query": query, "start": begin, "end": begin + rng.choice([0, 600, 3600, 7200]), "step": rng.choice(["15", "30", "60", "97", "300"])}
        try:
            ours, theirs = ask(server.port, path, parameters), ask(port, path, parameters)
        except (OSError, http.client.HTTPException) as error:
            sys.exit("%d: %s %s\n    no answer: %s\n%s" % (i, path, json.dumps(parameters, ensure_ascii=False), error, server.messages()))
        verdict = compare(query, ours, theirs)
        if verdict == "ties":
            counts["ties"] += 1
        elif verdict:
            counts["different"] += 1
            if counts["different"] <= arguments.show:
                print("%d: %s %s\n    %s" % (i, path, json.dumps(parameters, ensure_ascii=False), verdict), flush=True)
        else:
            counts["same"] += 1
            if ours["status"] == "error":
                counts["errors"] += 1
            else:
                mine = items(ours["data"])
                counts["empty"] += not mine
                counts["to the last bit"] += mine == items(theirs["data"])
    print(", ".join("%d %s" % (count, name) for name, count in counts.items()))
    sys.exit(1 if counts["different"] else 0)


if __name__ == "__main__":
    main()
