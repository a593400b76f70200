#!/usr/bin/env python3
"""Runs every query of the shipped dashboards against `belvedere serve --demo` and fails on an error or an empty panel.

  shipped_dashboards.py PROGRAM DASHBOARD_FOLDER
"""
import json
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
with socket.socket() as s:
    s.bind(("127.0.0.1", 0))
    port = s.getsockname()[1]
base = f"http://127.0.0.1:{port}"

# A panel that may rightly be empty: there need not be an alert at this moment.
MAY_BE_EMPTY = {"ALERTS"}


def ask(path, **parameters):
    try:
        with urllib.request.urlopen(f"{base}{path}?{urllib.parse.urlencode(parameters)}", timeout=30) as answer:
            return json.load(answer)["data"]["result"], None
    except urllib.error.HTTPError as error:
        return [], error.read().decode(errors="replace")[:300]


def interpolated(expr, variables):
    for name, value in {"__rate_interval": "1m", "__interval": "30s", "__range": "1h", **variables}.items():
        expr = re.sub(r"\$\{" + name + r"(:\w+)?\}|\$" + name + r"\b", lambda _: value, expr)
    return expr


def main():
    now = int(time.time())
    panels = queries = 0
    failures = []
    for file in sorted(folder.glob("*.json")):
        document = json.loads(file.read_text())
        variables = {}
        for variable in document["templating"]["list"]:
            if variable["type"] == "query":
                variables[variable["name"]] = ".+" if variable.get("allValue") == ".+" else ".*"
            elif variable["type"] == "textbox":
                variables[variable["name"]] = variable["query"]
        for panel in document["panels"]:
            if not panel.get("targets"):
                continue
            panels += 1
            found = 0
            where = f"{file.stem}: {panel['title']}"
            for target in panel["targets"]:
                queries += 1
                expr = interpolated(target["expr"], variables)
                logs = target["datasource"]["type"] == "loki"
                scale = 10**9 if logs else 1
                prefix = "/loki/api/v1" if logs else "/api/v1"
                if target.get("instant") or target.get("queryType") == "instant":
                    result, error = ask(f"{prefix}/query", query=expr, time=now * scale)
                else:
                    result, error = ask(f"{prefix}/query_range", query=expr, start=(now - 3600) * scale, end=now * scale, step=30)
                if error:
                    failures.append(f"{where}: {expr}: {error}")
                found += len(result)
            if not found and not any(target["expr"] in MAY_BE_EMPTY for target in panel["targets"]):
                failures.append(f"{where}: no data")
    for failure in failures:
        print("FAIL", failure)
    print(f"{panels} panels, {queries} queries, {len(failures)} failures")
    return 1 if failures or not panels else 0


with tempfile.TemporaryDirectory() as workspace:
    server = subprocess.Popen([program, "serve", "--demo", "--workspace", workspace, "--listen", f"127.0.0.1:{port}"], stdout=subprocess.DEVNULL)
    try:
        for _ in range(300):
            try:
                # Ready means that the history is there and the first scrapes have come in.
                if ask("/api/v1/query", query="count(scrape_duration_seconds)")[0] and ask("/api/v1/query", query="job:http_requests:rate1m")[0]:
                    break
            except OSError:
                pass
            time.sleep(0.2)
        status = main()
    finally:
        server.terminate()
        server.wait(20)
sys.exit(status)
