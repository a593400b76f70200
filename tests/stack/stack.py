#!/usr/bin/env python3
"""A real stack on loopback, watched by one Belvedere workspace.

  stack.py up DIR [--peers PEERS] [--belvedere PROGRAM]   starts everything below DIR and writes DIR/workspace
  stack.py check DIR                                      asks Belvedere whether it sees all of it; exit status 1 if not
  stack.py redis-outage DIR                               stops Redis, waits for alert and notification, restarts Belvedere, starts
                                                          Redis, waits for the end
  stack.py pictures DIR [--into FOLDER] [--range now-30m] takes a picture of every page in a real window, and of the alert while Redis
                                                          is stopped; some minutes after `up`, so that there is something to see
  stack.py down DIR                                       stops what `up` started, by process id

What runs: node_exporter, redis-server with redis_exporter, PostgreSQL with postgres_exporter, a FastAPI application
with prometheus-client, a Celery worker on Redis with an exporter of its events, nginx, and, where a Docker Engine can be
started, two containers that write JSON and multi-line text. Belvedere runs as the window, without a display, on a session
bus of its own whose notification service writes down what it is asked to show. Where PEERS has a Prometheus, it watches the
same targets, and `check` demands that Belvedere answers each dashboard query that Prometheus has data for.

PEERS is a folder with the exporters' programs; Debian packages do for the rest: redis-server postgresql nginx-light celery
python3-redis python3-fastapi python3-uvicorn python3-prometheus-client python3-dbus python3-gi docker.io busybox-static.
Not here: Kafka and its exporter, which Debian does not have; the dashboard "Kafka and batch" is checked under --demo.
"""
import argparse
import collections
import fcntl
import glob
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE.parent / "support"))
import dashboard_queries
import http_api

CORPUS = pathlib.Path(os.environ.get("BELVEDERE_CORPUS", ROOT.parent / "shared")) / "corpus" / "dashboards"
COMMUNITY = ["grafana-1860__rfmoz__grafana-dashboards__node-exporter-full.json", "grafana-9628__temporalio__docker-compose__postgres.json",
             "grafana-11835__2025-Summer-Bootcamp-team-I__I-project__redis-dashboard.json"]
# Job, the part that it watches, a metric that says that it works, and labels that its community dashboards select by.
JOBS = [("node", "node_exporter", "node_memory_MemTotal_bytes", {}), ("redis", "redis_exporter", "redis_up", {"namespace": "stack", "pod": "redis-0"}),
        ("postgres", "postgres_exporter", "pg_up", {"kubernetes_namespace": "stack", "release": "stack"}), ("fastapi", "api", "http_requests_total", {}),
        ("celery", "celery_exporter", "celery_worker_up", {})]
# What is looked at: the tour's name of a page, and the picture's.
PAGES = {"overview": "overview", "targets": "targets", "containers": "containers", "explore:sum by (job) (rate(process_cpu_seconds_total[1m]))": "explore-metrics",
         'explore:{compose_service=~".+"}': "explore-logs", "dashboards:bv-system": "dashboard-system", "dashboards:bv-api": "dashboard-api",
         "dashboards:bv-celery": "dashboard-celery", "dashboards:bv-data": "dashboard-data", "dashboards:rYdddlPWk": "dashboard-1860",
         "dashboards:000000039": "dashboard-9628", "dashboards:xDLNRKUWz": "dashboard-11835"}
OUTAGE_PAGES = {"overview": "outage-overview", "alerts": "outage-alerts"}
PYTHON = "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else sys.executable
LASTING = 3  # steps of 30 s


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Stack:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder).resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        # Two at once would each forget what the other has started.
        self.lock = open(self.folder / "lock", "w")
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        self.file = self.folder / "stack.json"
        self.state = json.loads(self.file.read_text()) if self.file.exists() else {"pids": {}, "ports": {}}

    def save(self):
        self.file.write_text(json.dumps(self.state, indent=1))

    def port(self, name):
        if name not in self.state["ports"]:
            self.state["ports"][name] = free_port()
            self.save()
        return self.state["ports"][name]

    def start(self, name, command, env=None, user=None):
        """Starts a program in a session of its own, its output in DIR/log/NAME.log."""
        log = self.folder / "log" / f"{name}.log"
        log.parent.mkdir(exist_ok=True)
        with open(log, "ab") as out:
            process = subprocess.Popen([str(part) for part in command], stdout=out, stderr=out, stdin=subprocess.DEVNULL, cwd=self.folder,
                                       env={**os.environ, **(env or {})}, start_new_session=True, user=user)
        self.state["pids"][name] = process.pid
        self.save()
        return process.pid

    def stop(self, name, signal_number=signal.SIGTERM):
        pid = self.state["pids"].pop(name, None)
        self.save()
        if pid is None:
            return
        try:
            os.kill(pid, signal_number)
            for _ in range(100):
                # A child that ended stays as a zombie until it is waited for.
                try:
                    os.waitpid(pid, os.WNOHANG)
                except ChildProcessError:
                    pass
                os.kill(pid, 0)
                time.sleep(0.1)
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass

    # -- the parts -------------------------------------------------------------------------------------------------
    def up(self, peers, program):
        self.state["program"] = str(pathlib.Path(program).resolve())
        self.state["missing"] = []
        self.state["begin_ns"] = time.time_ns() - 10**9
        peers = pathlib.Path(peers)

        def need(name, *paths):
            for path in paths:
                found = shutil.which(str(path))
                if found:
                    return found
            self.state["missing"].append(name)
            print(f"{name}: not on this machine, left out")
            return None

        if exporter := need("node_exporter", peers / "prometheus-node-exporter", "prometheus-node-exporter"):
            self.start("node_exporter", [exporter, f"--web.listen-address=127.0.0.1:{self.port('node_exporter')}"])
        if redis := need("redis-server", "redis-server"):
            self.state["redis"] = redis
            self.start_redis()
            if exporter := need("redis_exporter", peers / "prometheus-redis-exporter", "prometheus-redis-exporter"):
                self.start("redis_exporter", [exporter, f"-redis.addr=redis://127.0.0.1:{self.port('redis')}", f"-web.listen-address=127.0.0.1:{self.port('redis_exporter')}"])
        clusters = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
        if clusters and os.geteuid() == 0:
            self.start_postgres(clusters[-1])
            if exporter := need("postgres_exporter", peers / "prometheus-postgres-exporter", "prometheus-postgres-exporter"):
                self.start("postgres_exporter", [exporter, f"--web.listen-address=127.0.0.1:{self.port('postgres_exporter')}"],
                           env={"DATA_SOURCE_NAME": f"postgresql://postgres@127.0.0.1:{self.port('postgres')}/postgres?sslmode=disable"})
        self.start("api", [PYTHON, HERE / "api.py", self.port("api"), self.port("redis"), self.folder / "log" / "api.json.log"])
        if need("celery", "celery"):
            self.start_celery()
            self.start("celery_exporter", [PYTHON, HERE / "celery_exporter.py", self.port("celery_exporter"), self.port("redis")])
        if nginx := need("nginx", "nginx", "/usr/sbin/nginx"):
            configuration = self.folder / "nginx.conf"
            configuration.write_text(f"""daemon off; pid {self.folder}/nginx.pid; error_log {self.folder}/log/nginx-error.log;
events {{ }}
http {{
  log_format json escape=json '{{"id":"$request_id","time":"$time_iso8601","level":"info","method":"$request_method","path":"$uri","status":$status,"duration":$request_time}}';
  access_log {self.folder}/log/nginx.json.log json;
  server {{ listen 127.0.0.1:{self.port('nginx')}; location / {{ proxy_pass http://127.0.0.1:{self.port('api')}; }} }}
}}
""")
            self.start("nginx", [nginx, "-c", configuration])
        self.start("load", [PYTHON, HERE / "load.py", self.port("nginx") if "nginx" in self.state["pids"] else self.port("api")])
        self.start_docker()
        self.write_workspace()
        if prometheus := shutil.which(str(peers / "prometheus")):
            configuration = self.folder / "prometheus.yml"
            configuration.write_text("\n".join(self.scrape_lines()) + "\n")
            self.start("prometheus", [prometheus, f"--config.file={configuration}", f"--storage.tsdb.path={self.folder}/prometheus", f"--web.listen-address=127.0.0.1:{self.port('prometheus')}"])
        if bus := need("dbus-daemon", "dbus-daemon"):
            self.start("bus", [bus, "--session", "--nofork", "--nopidfile", f"--address=unix:path={self.folder}/bus"])
            for _ in range(50):
                if (self.folder / "bus").exists():
                    break
                time.sleep(0.1)
            self.start("notifications", [PYTHON, HERE / "notifications.py", f"unix:path={self.folder}/bus", self.folder / "log" / "notifications.jsonl"])
        self.start_belvedere()

    def start_celery(self):
        broker = f"redis://127.0.0.1:{self.port('redis')}/1"
        self.start("celery", [PYTHON, "-m", "celery", "-A", "tasks", "--workdir", HERE, "worker", "--loglevel=INFO", "--concurrency=2", "-E"], env={"STACK_BROKER": broker})

    def start_redis(self):
        self.start("redis", [self.state["redis"], "--port", self.port("redis"), "--bind", "127.0.0.1", "--save", "", "--maxmemory", "64mb", "--dir", self.folder])

    def start_postgres(self, programs):
        data = self.folder / "postgres"
        if not data.exists():
            data.mkdir()
            shutil.chown(data, "postgres")
            # The server will not run as root, and its folder must be reachable for it.
            for parent in data.parents:
                if parent != pathlib.Path("/") and not os.stat(parent).st_mode & 0o001:
                    os.chmod(parent, os.stat(parent).st_mode | 0o001)
            subprocess.run([f"{programs}/initdb", "-D", data, "-U", "postgres", "--auth=trust"], check=True, stdout=subprocess.DEVNULL, user="postgres", cwd=data)
        self.start("postgres", [f"{programs}/postgres", "-D", data, "-h", "127.0.0.1", "-p", self.port("postgres"), "-k", data], user="postgres")
        # A little life: rows written, changed, read and deleted, and a transaction that stays open for some seconds.
        script = self.folder / "life.sql"
        script.write_text("""create table if not exists orders (id serial primary key, amount int);
insert into orders (amount) select generate_series(1, 50); update orders set amount = amount + 1 where id % 7 = 0;
select count(*) from orders where amount > 3; select * from orders where id = 5; delete from orders where id % 3 = 0;
begin; select pg_sleep(3); rollback;
""")
        psql = f"{programs}/psql -h 127.0.0.1 -p {self.port('postgres')} -U postgres -q -o /dev/null"
        self.start("postgres_life", ["/bin/sh", "-c", f"while :; do {psql} -f {script} || sleep 1; done"])

    def start_docker(self):
        if os.geteuid() != 0 or not shutil.which("dockerd") or not os.path.exists("/bin/busybox"):
            self.state["missing"].append("docker")
            print("docker: no dockerd or busybox, left out")
            return
        base = self.folder / "docker"
        base.mkdir(exist_ok=True)
        endpoint = f"unix://{base}/docker.sock"
        self.start("dockerd", ["dockerd", "-H", endpoint, "--data-root", base / "data", "--exec-root", base / "exec", "--pidfile", base / "pid"])
        docker = ["docker", "-H", endpoint]
        for _ in range(60):
            if subprocess.run([*docker, "info"], capture_output=True).returncode == 0:
                break
            time.sleep(0.5)
        else:
            print("docker: dockerd does not answer; see log/dockerd.log")
            self.state["missing"].append("docker")
            self.stop("dockerd")
            return
        root = base / "root"
        (root / "bin").mkdir(parents=True, exist_ok=True)
        shutil.copy("/bin/busybox", root / "bin" / "busybox")
        for link in ("sh", "sleep", "date", "echo", "printf", "seq"):
            if not (root / "bin" / link).exists():
                os.symlink("busybox", root / "bin" / link)
        archive = subprocess.Popen(["tar", "-C", root, "-c", "."], stdout=subprocess.PIPE)
        subprocess.run([*docker, "import", "-", "stack:1"], stdin=archive.stdout, check=True, capture_output=True)
        scripts = {
            "json": 'n=0; while true; do n=$((n+1)); l=info; [ $((n % 20)) = 0 ] && l=error; echo "{\\"level\\":\\"$l\\",\\"n\\":$n,\\"message\\":\\"order $n taken\\"}"; sleep 1; done',
            "java": 'n=0; while true; do n=$((n+1)); echo "$(date) ERROR [main] request $n failed"; echo "java.lang.IllegalStateException: no stock for item $n"; echo "    at shop.Stock.take(Stock.java:42)"; '
                    'echo "    at shop.Order.place(Order.java:17)"; sleep 5; done',
        }
        for name, script in scripts.items():
            subprocess.run([*docker, "rm", "-f", f"stack-{name}-1"], capture_output=True)
            subprocess.run([*docker, "run", "-d", "--name", f"stack-{name}-1", "--label", "com.docker.compose.project=stack",
                            "--label", f"com.docker.compose.service={name}", "stack:1", "/bin/sh", "-c", script], check=True, capture_output=True)
        self.state["docker"] = endpoint

    def write_workspace(self):
        workspace = self.folder / "workspace"
        (workspace / "rules").mkdir(parents=True, exist_ok=True)
        shutil.copy(HERE / "../../resources/rules/stack.yml", workspace / "rules" / "stack.yml")
        dashboards = workspace / "dashboards"
        dashboards.mkdir(exist_ok=True)
        for name in COMMUNITY:
            if (CORPUS / name).exists():
                shutil.copy(CORPUS / name, dashboards / name)
        lines = self.scrape_lines() + ["rule_files:", "  - rules/*.yml", "logs:"]
        if "docker" in self.state:
            lines += ["  docker:", f"    host: {self.state['docker']}"]
        lines += ["  files:"]
        for name in ("api", "nginx"):
            lines += [f"    - job_name: {name}", f"      paths: ['{self.folder}/log/{name}.json.log']", f"      labels: {{service: {name}}}"]
        (workspace / "workspace.yml").write_text("\n".join(lines) + "\n")

    def scrape_lines(self):
        lines = ["global:", "  scrape_interval: 5s", "  evaluation_interval: 5s", "scrape_configs:"]
        for job, part, _, labels in JOBS:
            if part in self.state["pids"]:
                lines += [f"  - job_name: {job}", "    static_configs:", f"      - targets: ['127.0.0.1:{self.port(part)}']", f"        labels: {json.dumps(labels)}"]
        return lines

    def start_belvedere(self):
        workspace = self.folder / "workspace"
        home = self.folder / "home"
        environment = {"QT_QPA_PLATFORM": "offscreen", "HOME": str(home), "XDG_CONFIG_HOME": str(home / "config"), "DBUS_SESSION_BUS_ADDRESS": f"unix:path={self.folder}/bus"}
        self.start("belvedere", [self.state["program"], "--workspace", workspace, "--listen", f"127.0.0.1:{self.port('belvedere')}"], env=environment)
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port('belvedere')}/-/ready", timeout=2)
                print(f"Belvedere answers on 127.0.0.1:{self.port('belvedere')}, workspace {workspace}")
                return
            except OSError:
                time.sleep(0.1)
        raise SystemExit("Belvedere does not become ready; see log/belvedere.log")

    # -- questions -------------------------------------------------------------------------------------------------
    def server(self):
        return http_api.Server(f"http://127.0.0.1:{self.port('belvedere')}")

    def ask(self, path, **parameters):
        data, error = self.server().get(path, **parameters)
        if error:
            raise OSError(error)
        return data

    def value(self, query):
        result = self.ask("/api/v1/query", query=query)["result"]
        return float(result[0]["value"][1]) if result else None

    def docker_lines(self, name):
        text = subprocess.run(["docker", "-H", self.state["docker"], "logs", f"stack-{name}-1"], capture_output=True, text=True, check=True).stdout
        return collections.Counter(text.splitlines())

    def sources(self):
        """What writes lines: a name, its selector, and what it has written until now."""
        if "docker" in self.state:
            for name in ("json", "java"):
                yield f"container {name}", f'{{compose_service="{name}"}}', self.docker_lines(name)
        for name in ("api", "nginx"):
            if name in self.state["pids"]:
                yield f"file {name}.json.log", f'{{service="{name}"}}', collections.Counter((self.folder / "log" / f"{name}.json.log").read_text().split("\n")[:-1])

    def wait(self, what, condition, seconds=90):
        end = time.time() + seconds
        while time.time() < end:
            try:
                if condition():
                    print(f"ok    {what}", flush=True)
                    return True
            except OSError:
                pass
            time.sleep(1)
        print(f"FAIL  {what}", flush=True)
        return False

    def say(self, good, what):
        print(f"{'ok   ' if good else 'FAIL '} {what}", flush=True)
        return good

    # -- checks ----------------------------------------------------------------------------------------------------
    def check_lines(self, when):
        good = True
        for name, selector, written in self.sources():
            good &= self.wait(f"every line of {name} is there, {when} ({sum(written.values())})", lambda: not written - self.server().entries(selector, self.state["begin_ns"]), 30)
            stored = self.server().entries(selector, self.state["begin_ns"])
            # Written in the meantime: ask the source last, so that it has all that is stored.
            now = next(lines for other, _, lines in self.sources() if other == name)
            more = stored - now
            good &= self.say(not more, f"no line of {name} twice, {when}" + (f": {list(more.items())[:3]}" if more else ""))
        return good

    def check_dashboards(self):
        """Each query that the peer has data for is answered by Belvedere, with as many series."""
        ours = self.server()
        peer = http_api.Server(f"http://127.0.0.1:{self.port('prometheus')}") if "prometheus" in self.state["pids"] else None
        good = True
        for file in [*sorted((ROOT / "dashboards").glob("*.json")), *[CORPUS / name for name in COMMUNITY if (CORPUS / name).exists()]]:
            shipped = file.parent != CORPUS
            if "kafka" in file.stem:
                print(f"--    {file.name}: there is no Kafka in this stack")
                continue
            document = json.loads(file.read_text())
            variables = dashboard_queries.variables_of(ours, document)
            at = int(time.time()) - 10
            asked = filled = 0
            faults = []
            for query in dashboard_queries.queries_of(document, variables):
                asked += 1
                result, error = ours.result(query, at, 0 if query["instant"] else 300)
                filled += bool(result)
                place = f"{query['panel']}: {query['expr']}"
                if error:
                    faults.append(f"{place}: {error}")
                elif not result and shipped and query["expr"] != "ALERTS":
                    faults.append(f"{place}: no data")
                # What rules make is Belvedere's alone.
                if peer and not query["logs"] and "ALERTS" not in query["expr"]:
                    theirs, refused = peer.result(query, at, 0 if query["instant"] else 300)
                    # A series that one of them saw in a scrape or two need not have been there for the other's.
                    lasting = [series for series in theirs if len(series.get("values", [0] * LASTING)) >= LASTING]
                    if not refused and (len(result) < len(lasting) or result and not theirs):
                        faults.append(f"{place}: {len(result)} series, Prometheus has {len(theirs)}")
            good &= self.say(not faults, f"{file.name}: {filled} of {asked} queries have data")
            for fault in faults:
                print("         ", fault)
        return good

    def ended(self):
        """Parts that are no longer there, whatever the reason."""
        def alive(pid):
            status = pathlib.Path(f"/proc/{pid}/stat")
            return status.exists() and status.read_text().rsplit(")", 1)[1].split()[0] != "Z"
        return [name for name, pid in self.state["pids"].items() if not alive(pid)]

    def check(self):
        running = self.state["pids"]
        good = self.say(not self.ended(), f"all {len(running)} parts run {' '.join(self.ended())}")
        for job, part, metric, _ in JOBS:
            if part in running:
                good &= self.wait(f"{job} is up", lambda: self.value(f'up{{job="{job}"}}') == 1)
                good &= self.wait(f"{metric} is there", lambda: (self.value(f"sum({metric})") or 0) > 0)
        targets = self.ask("/api/v1/targets")["activeTargets"]
        good &= self.say(targets and all(target["health"] == "up" and not target["lastError"] for target in targets), f"all of {len(targets)} targets are up without an error")
        good &= self.check_lines("while running")
        self.stop("belvedere", signal.SIGKILL)
        time.sleep(4)
        self.start_belvedere()
        good &= self.check_lines("after a kill of Belvedere")
        good &= self.wait("no rule fails", lambda: all(rule["health"] == "ok" for group in self.ask("/api/v1/rules")["groups"] for rule in group["rules"]))
        # A rate needs a minute of samples.
        self.wait("the first rates are there", lambda: (time.time_ns() - self.state["begin_ns"]) > 100 * 10**9, 120)
        return good & self.check_dashboards()

    def redis_alert(self):
        """State and time of RedisDown, or (None, None)."""
        for group in self.ask("/api/v1/rules")["groups"]:
            for rule in group["rules"]:
                if rule["name"] == "RedisDown":
                    return next(((alert["state"], alert["activeAt"]) for alert in rule["alerts"]), (None, None))
        return None, None

    def shown(self, title, since):
        file = self.folder / "log" / "notifications.jsonl"
        return any(json.loads(line).get("title") == title and json.loads(line)["time"] > since for line in file.read_text().splitlines()) if file.exists() else False

    def redis_outage(self):
        begin = time.time()
        self.stop("redis")
        good = self.wait("RedisDown is pending when Redis is stopped", lambda: self.redis_alert()[0] == "pending")
        good &= self.wait("RedisDown fires", lambda: self.redis_alert()[0] == "firing")
        good &= self.wait("ALERTS says so", lambda: self.value('ALERTS{alertname="RedisDown",alertstate="firing"}') == 1)
        bus = "notifications" in self.state["pids"]
        if bus:
            good &= self.wait("a notification is shown", lambda: self.shown("RedisDown", begin), 10)
        _, since = self.redis_alert()
        self.stop("belvedere")
        self.start_belvedere()
        good &= self.say(self.redis_alert() == ("firing", since), f"RedisDown still fires after a restart of Belvedere, since {since}")
        self.start_redis()
        good &= self.wait("RedisDown ends when Redis is back", lambda: self.redis_alert()[0] is None)
        if bus:
            good &= self.wait("a notification says that it has ended", lambda: self.shown("RedisDown has ended", begin), 10)
        if "celery" in self.state["pids"]:  # some versions never take up work again after their broker was away
            self.stop("celery")
            self.start_celery()
            good &= self.wait("the Celery worker is up again", lambda: self.value("min(celery_worker_up)") == 1)
        return good

    def pictures(self, into, time_range):
        """The workspace is open in one window at a time, so the one of the stack gives way while the pictures are taken."""
        into = pathlib.Path(into).resolve()
        into.mkdir(parents=True, exist_ok=True)
        self.tour(PAGES, into, time_range)
        self.start_belvedere()
        self.stop("redis")
        good = self.wait("RedisDown fires", lambda: self.redis_alert()[0] == "firing")
        time.sleep(20)  # some evaluations later, as a person would find it
        self.tour(OUTAGE_PAGES, into, time_range)
        self.start_redis()
        self.start_belvedere()
        if "celery" in self.state["pids"]:
            self.stop("celery")
            self.start_celery()
        if shutil.which("convert"):
            subprocess.run([ROOT / "docs" / "pictures" / "shrink.sh", into], check=True)
        return good

    def tour(self, pages, into, time_range):
        """Ends the stack's window and looks at its workspace through another one on a virtual screen."""
        self.stop("belvedere")
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            (folder / "config" / "Belvedere").mkdir(parents=True)
            (folder / "config" / "Belvedere" / "belvedere.conf").write_text(f"[time]\nfrom={time_range}\nto=now\n")
            environment = {**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder / "config"), "DBUS_SESSION_BUS_ADDRESS": f"unix:path={self.folder}/bus"}
            subprocess.run(["xvfb-run", "-a", "-s", "-screen 0 2560x1440x24", self.state["program"], "--workspace", self.folder / "workspace",
                            "--listen", f"127.0.0.1:{self.port('belvedere')}", "--page", ";".join(pages), "--theme", "dark,light", "--size", "1280x800,2560x1440",
                            "--after", "8", "--screenshot", folder / "{page}-{theme}-{size}.png"], check=True, env=environment)
            for page, name in pages.items():
                taken = "explore-logs" if page.startswith("explore:{") else "explore-metrics" if page.startswith("explore:") else page.replace(":", "-")
                for picture in folder.glob(f"{taken}-*x*.png"):
                    shutil.copy(picture, into / picture.name.replace(taken, name))

    def down(self):
        if "docker" in self.state:
            names = subprocess.run(["docker", "-H", self.state["docker"], "ps", "-aq"], capture_output=True, text=True).stdout.split()
            if names:
                subprocess.run(["docker", "-H", self.state["docker"], "rm", "-f", *names], capture_output=True)
        for name in list(self.state["pids"])[::-1]:
            self.stop(name, signal.SIGINT if name == "postgres" else signal.SIGTERM)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["up", "check", "redis-outage", "pictures", "down"])
    parser.add_argument("folder")
    parser.add_argument("--peers", default="/usr/bin")
    parser.add_argument("--belvedere", default=str(HERE / "../../build/release/bin/belvedere"))
    parser.add_argument("--into", default=str(ROOT / "docs" / "pictures" / "stack"))
    parser.add_argument("--range", default="now-30m")
    arguments = parser.parse_args()
    stack = Stack(arguments.folder)
    if arguments.command == "up":
        stack.up(arguments.peers, arguments.belvedere)
    elif arguments.command == "down":
        stack.down()
    elif arguments.command == "pictures":
        sys.exit(0 if stack.pictures(arguments.into, arguments.range) else 1)
    else:
        sys.exit(0 if (stack.check() if arguments.command == "check" else stack.redis_outage()) else 1)


if __name__ == "__main__":
    main()
