#!/usr/bin/env python3
"""Runs every query of the shipped dashboards against `belvedere serve --demo` and fails on an error or an answer without data;
then draws one beside the running server, from its workspace and by its address.

  shipped_dashboards.py PROGRAM DASHBOARD_FOLDER
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import dashboard_queries
from belvedere_server import Server

# May rightly be empty: there need not be an alert at this moment.
MAY_BE_EMPTY = {"ALERTS"}


def main(server, folder):
    now = int(time.time())
    queries = 0
    failures = []
    for file in sorted(folder.glob("*.json")):
        document = json.loads(file.read_text())
        for query in dashboard_queries.queries_of(document, dashboard_queries.variables_of(server, document)):
            queries += 1
            result, error = server.result(query, now, 0 if query["instant"] else 3600)
            if error or not result and query["expr"] not in MAY_BE_EMPTY:
                failures.append(f"{file.stem}: {query['panel']}: {query['expr']}: {error or 'no data'}")
    for failure in failures:
        print("FAIL", failure)
    print(f"{queries} queries, {len(failures)} failures")
    return 1 if failures or not queries else 0


def draw(program, dashboard, *source):
    """True if the picture is there and no panel had a problem."""
    with tempfile.TemporaryDirectory() as folder:
        picture = pathlib.Path(folder) / "picture.png"
        done = subprocess.run([program, "dashboard", "render", dashboard, "--output", picture, *source], capture_output=True, text=True, timeout=120)
        size = picture.stat().st_size if picture.exists() else 0
        good = done.returncode == 0 and size > 0
        print(f"drawn with {' '.join(source)}: {size} bytes, exit status {done.returncode}, {len(done.stderr.splitlines())} messages")
        return good


program, dashboards = sys.argv[1], pathlib.Path(sys.argv[2])
with Server(program, None, "--demo") as server:
    for _ in range(300):
        try:
            # The history is there; the first scrapes have come in, too.
            if all(server.api.get("/api/v1/query", query=query)[0]["result"] for query in ("count(scrape_duration_seconds)", "job:http_requests:rate1m")):
                break
        except (OSError, TypeError):
            pass
        time.sleep(0.2)
    status = main(server.api, dashboards)
    example = dashboards / "api-performance.json"
    if not draw(program, example, "--workspace", str(server.workspace)) or not draw(program, example, "--url", server.url):
        status = 1
    if draw(program, example, "--url", "http://127.0.0.1:1"):
        print("FAIL it was drawn without a server and nobody was told")
        status = 1
sys.exit(status)
