#!/usr/bin/env python3
"""Measures Belvedere and the real peers side by side, in one run, and prints Markdown tables with ratios.

  peers.py --belvedere PROGRAM --peers DIR --shared DIR [--work DIR] [--only disk,queries,ingest,start,logs] [--gigabytes 1]

PEERS holds prometheus and promtool; SHARED the generators and clients (conformance/promql/perf, conformance/logql). Loopback only; everything
that is started is stopped by its process id. Figures are medians; compare ratios, not absolute times: the machine is whatever this runs on.
"""
import argparse
import contextlib
import json
import os
import pathlib
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(url, seconds=60):
    end = time.time() + seconds
    start = time.perf_counter()
    while time.time() < end:
        try:
            urllib.request.urlopen(url, timeout=1).read()
            return (time.perf_counter() - start) * 1000
        except OSError:
            time.sleep(0.003)
    raise SystemExit(f"{url} does not answer")


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mb(pid, key="VmRSS"):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(key):
            return int(line.split()[1]) / 1024
    return 0


def folder_bytes(folder):
    # Allocated blocks, not lengths: a sparse file costs what it occupies.
    return sum(f.stat().st_blocks * 512 for f in pathlib.Path(folder).rglob("*") if f.is_file())


@contextlib.contextmanager
def running(command, ready, log):
    with open(log, "ab") as out:
        process = subprocess.Popen([str(part) for part in command], stdout=out, stderr=out)
    try:
        process.ready_ms = wait_for(ready)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Bench:
    def __init__(self, arguments):
        self.a = arguments
        self.work = pathlib.Path(arguments.work or tempfile.mkdtemp(prefix="belvedere-bench-"))
        self.work.mkdir(parents=True, exist_ok=True)
        self.peers = pathlib.Path(arguments.peers)
        self.promql = pathlib.Path(arguments.shared) / "conformance/promql"
        self.logql = pathlib.Path(arguments.shared) / "conformance/logql"

    def belvedere(self, workspace, *more):
        port = free_port()
        base = f"http://127.0.0.1:{port}"
        return base, running([self.a.belvedere, "serve", "--workspace", workspace, "--listen", f"127.0.0.1:{port}", *more], base + "/-/ready", self.work / "belvedere.log")

    def prometheus(self, config, data):
        port = free_port()
        base = f"http://127.0.0.1:{port}"
        command = [self.peers / "prometheus", f"--config.file={config}", f"--storage.tsdb.path={data}", "--storage.tsdb.retention.time=20y", f"--web.listen-address=127.0.0.1:{port}"]
        return base, running(command, base + "/-/ready", self.work / "prometheus.log")

    def make(self, source, name):
        program = self.work / name
        if not program.exists():
            subprocess.run(["g++", "-O2", "-pthread", "-o", program, self.promql / "perf" / source], check=True)
        return program

    def import_metrics(self, workspace, file):
        start, children = time.perf_counter(), os.times()
        subprocess.run([self.a.belvedere, "import", "metrics", file, "--workspace", workspace], check=True, stdout=subprocess.DEVNULL)
        end = os.times()
        return time.perf_counter() - start, end.children_user + end.children_system - children.children_user - children.children_system

    # -- the questions ---------------------------------------------------------------------------------------------
    def disk(self):
        print("\n## Bytes a sample on disk, everything included\n")
        print("| data | samples | Belvedere bytes | a sample | Prometheus (blocks) | a sample |\n|---|---|---|---|---|---|")
        workspace = self.work / "disk"
        shutil.rmtree(workspace, ignore_errors=True)
        self.import_metrics(workspace, self.promql / "data.om.gz")
        ours = folder_bytes(workspace / "metrics")
        plain, blocks = self.work / "data.om", self.work / "blocks"
        plain.write_bytes(subprocess.run(["gunzip", "-c", self.promql / "data.om.gz"], check=True, capture_output=True).stdout)
        shutil.rmtree(blocks, ignore_errors=True)
        subprocess.run([self.peers / "promtool", "tsdb", "create-blocks-from", "openmetrics", "-q", plain, blocks], check=True, capture_output=True)
        theirs, samples = folder_bytes(blocks), 814029
        print(f"| recorded compose stack | {samples:,} | {ours:,} | {ours / samples:.2f} | {theirs:,} | {theirs / samples:.2f} |")

    def perf_data(self):
        file = self.work / "perf.om"
        if not file.exists():
            with open(file, "wb") as out:
                subprocess.run([self.make("gen_perf.cpp", "gen_perf")], check=True, stdout=out)
        workspace, blocks = self.work / "perf-workspace", self.work / "perf-blocks"
        if not workspace.exists():
            wall, cpu = self.import_metrics(workspace, file)
            print(f"\nImport of 14.4 million samples: {wall:.1f} s, {cpu / 14.4:.2f} CPU s a million, {folder_bytes(workspace / 'metrics') / 14.4e6:.2f} bytes a sample")
        if not blocks.exists():
            subprocess.run([self.peers / "promtool", "tsdb", "create-blocks-from", "openmetrics", "-q", file, blocks], check=True, capture_output=True)
        return workspace, blocks

    def measure(self, base, name, pid):
        time.sleep(0.5)  # what the other one still does behind its answers is not ours to wait for
        line = subprocess.run([sys.executable, self.promql / "perf/baseline.py", base, "--only", name, "--pid", str(pid), "--runs", "15"], check=True, capture_output=True, text=True).stdout
        return json.loads(line)

    def queries(self):
        workspace, blocks = self.perf_data()
        config = self.work / "empty.yml"
        config.write_text("global: {}\n")
        print("\n## Queries: 10,000 series, 6 h at 15 s\n")
        print("| query | Belvedere ms | Prometheus ms | ratio | Belvedere CPU s | Prometheus CPU s |\n|---|---|---|---|---|---|")
        names = [line.split("'")[1] for line in (self.promql / "perf/baseline.py").read_text().splitlines() if line.lstrip("Q=[").startswith("('")]
        our_base, ours = self.belvedere(workspace)
        their_base, theirs = self.prometheus(config, blocks)
        with ours as us, theirs as them:
            for name in names:
                a, b = self.measure(our_base, name, us.pid), self.measure(their_base, name, them.pid)
                if "median_ms" not in a:
                    print(f"| {name} | failed: {a.get('error', '')[:80]} | {b.get('median_ms')} | | | |")
                    continue
                same = (a["series"], a.get("points")) == (b["series"], b.get("points"))
                print(f"| {name} | {a['median_ms']:.2f} | {b['median_ms']:.2f} | {a['median_ms'] / b['median_ms']:.2f}{'' if same else ' (answers differ in size)'} | {a['cpu_s_per_run']:.4f} | {b['cpu_s_per_run']:.4f} |", flush=True)
            print(f"\nResident after all queries: Belvedere {resident_mb(us.pid):.0f} MB, Prometheus {resident_mb(them.pid):.0f} MB")

    def ingest(self, seconds=60):
        port, targets, series = free_port(), 50, 2000
        simulator = subprocess.Popen([self.make("sim_exporters.cpp", "sim_exporters"), str(port), str(targets), str(series)])
        try:
            config = self.work / "ingest.yml"
            jobs = "".join(f"  - job_name: t{i}\n    metrics_path: /t/{i}/metrics\n    static_configs: [{{targets: ['127.0.0.1:{port}']}}]\n" for i in range(targets))
            config.write_text("global: {scrape_interval: 1s, scrape_timeout: 1s}\nscrape_configs:\n" + jobs)
            print(f"\n## Scraping {targets} targets of {series:,} series each second, {seconds} s\n")
            print("| | samples/s | CPU s a million samples | resident MB | bytes a sample |\n|---|---|---|---|---|")
            for name in ("Belvedere", "Prometheus"):
                folder = self.work / f"ingest-{name}"
                shutil.rmtree(folder, ignore_errors=True)
                base, server = self.belvedere(folder, "--config", config) if name == "Belvedere" else self.prometheus(config, folder)
                with server as process:
                    time.sleep(10)
                    count = lambda: float(json.load(urllib.request.urlopen(f"{base}/api/v1/query?query=sum(sum_over_time(scrape_samples_scraped%5B{seconds}s%5D))"))["data"]["result"][0]["value"][1])
                    before, start = cpu_seconds(process.pid), time.time()
                    time.sleep(seconds)
                    used, passed = cpu_seconds(process.pid) - before, time.time() - start
                    samples = count()
                    print(f"| {name} | {samples / passed:,.0f} | {used / samples * 1e6:.3f} | {resident_mb(process.pid):.0f} | {folder_bytes(folder) / (samples * (passed + 10) / passed):.2f} |", flush=True)
        finally:
            simulator.terminate()
            simulator.wait()

    def start(self):
        workspace, blocks = self.perf_data()
        config = self.work / "empty.yml"
        config.write_text("global: {}\n")
        print("\n## Start: until ready, and resident ten seconds later, 14.4 million samples stored\n")
        print("| | ms | MB |\n|---|---|---|")
        for name, open_server in (("Belvedere", lambda: self.belvedere(workspace)[1]), ("Prometheus", lambda: self.prometheus(config, blocks)[1])):
            times = []
            for _ in range(5):
                with open_server() as process:
                    times.append(process.ready_ms)
                    if len(times) == 5:
                        time.sleep(10)
                        memory = resident_mb(process.pid)
            print(f"| {name} | {statistics.median(times):.0f} | {memory:.0f} |")

    def logs(self):
        size = int(self.a.gigabytes * 1e9)
        big = self.work / f"big-{size}.ndjson"
        raw = self.work / f"raw-{size}"
        if not big.exists():
            subprocess.run([sys.executable, self.logql / "gen.py", "--bytes", str(size), "--batch", "4000", "--out", big, "--raw", raw], check=True, stdout=subprocess.DEVNULL)
        workspace = self.work / "logs-workspace"
        shutil.rmtree(workspace, ignore_errors=True)
        base, server = self.belvedere(workspace)
        print(f"\n## Logs: {self.a.gigabytes} GB of line text\n\n```")
        with server as process:
            subprocess.run([sys.executable, self.logql / "baseline.py", base, "--push", big, "--raw-bytes", str(size), "--settle", "15", "--data-dir", workspace / "logs", "--pid", str(process.pid)], check=False)
            subprocess.run([sys.executable, self.logql / "baseline.py", base, "--warm", "5", "--pid", str(process.pid)], check=False)
        if shutil.which("rg"):
            for arguments in (["-F", "7f3d2c1b-90ab-4cde-8f12-3456789abcde"], ["-c", "timeout.*retry"]):
                times = []
                for _ in range(5):
                    begin = time.perf_counter()
                    subprocess.run(["rg", *arguments, raw], stdout=subprocess.DEVNULL, check=False)
                    times.append((time.perf_counter() - begin) * 1000)
                print(json.dumps({"rg": " ".join(arguments), "median_ms": round(statistics.median(times), 1)}))
        print("```")


def main():
    here = pathlib.Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--belvedere", default=here / "build/release/bin/belvedere")
    parser.add_argument("--peers", required=True)
    parser.add_argument("--shared", default=here / "../shared")
    parser.add_argument("--work", help="kept, and used again by the next run; a temporary folder if not given")
    parser.add_argument("--only", default="disk,queries,ingest,start,logs")
    parser.add_argument("--gigabytes", type=float, default=1)
    bench = Bench(parser.parse_args())
    for question in bench.a.only.split(","):
        getattr(bench, question)()
    if not bench.a.work:
        shutil.rmtree(bench.work, ignore_errors=True)


if __name__ == "__main__":
    main()
