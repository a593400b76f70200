#!/usr/bin/env python3
"""A real stack on loopback, watched by one Belvedere workspace.

  stack.py up DIR [--peers PEERS] [--belvedere PROGRAM]   starts everything below DIR and writes DIR/workspace
  stack.py check DIR                                      asks Belvedere whether it sees all of it; exit status 1 if not
  stack.py redis-outage DIR                               stops Redis, waits for the alert, starts it, waits for the end
  stack.py down DIR                                       stops what `up` started, by process id

What runs: node_exporter, redis-server with redis_exporter, PostgreSQL with postgres_exporter, a FastAPI application
with prometheus-client, a Celery worker on Redis, nginx, and, where a Docker Engine can be started, two containers that
write JSON and multi-line text. PEERS is a folder with the exporters' programs; Debian packages do for the rest:
redis-server postgresql nginx-light celery python3-redis python3-fastapi python3-uvicorn python3-prometheus-client
docker.io busybox-static.
"""
import argparse
import glob
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
PYTHON = "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else sys.executable


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Stack:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder).resolve()
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
        self.folder.mkdir(parents=True, exist_ok=True)
        self.state["program"] = str(pathlib.Path(program).resolve())
        self.state["missing"] = []
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
        if celery := need("celery", "celery"):
            broker = f"redis://127.0.0.1:{self.port('redis')}/1"
            self.start("celery", [celery, "-A", "tasks", "--workdir", HERE, "worker", "--loglevel=INFO", "--concurrency=2", "-E"], env={"STACK_BROKER": broker})
        if nginx := need("nginx", "nginx", "/usr/sbin/nginx"):
            configuration = self.folder / "nginx.conf"
            configuration.write_text(f"""daemon off; pid {self.folder}/nginx.pid; error_log {self.folder}/log/nginx-error.log;
events {{ }}
http {{
  log_format json escape=json '{{"time":"$time_iso8601","level":"info","method":"$request_method","path":"$uri","status":$status,"duration":$request_time}}';
  access_log {self.folder}/log/nginx.json.log json;
  server {{ listen 127.0.0.1:{self.port('nginx')}; location / {{ proxy_pass http://127.0.0.1:{self.port('api')}; }} }}
}}
""")
            self.start("nginx", [nginx, "-c", configuration])
        self.start("load", [PYTHON, HERE / "load.py", self.port("nginx") if "nginx" in self.state["pids"] else self.port("api")])
        self.start_docker()
        self.write_workspace()
        self.start_belvedere()

    def start_redis(self):
        self.start("redis", [self.state["redis"], "--port", self.port("redis"), "--bind", "127.0.0.1", "--save", "", "--dir", self.folder])

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
        jobs = {"node": "node_exporter", "redis": "redis_exporter", "postgres": "postgres_exporter", "fastapi": "api"}
        lines = ["global:", "  scrape_interval: 5s", "  evaluation_interval: 5s", "scrape_configs:"]
        for job, part in jobs.items():
            if part in self.state["pids"]:
                lines += [f"  - job_name: {job}", "    static_configs:", f"      - targets: ['127.0.0.1:{self.port(part)}']"]
        lines += ["rule_files:", "  - rules/*.yml", "logs:"]
        if "docker" in self.state:
            lines += ["  docker:", f"    host: {self.state['docker']}"]
        lines += ["  files:"]
        for name in ("api", "nginx"):
            lines += [f"    - job_name: {name}", f"      paths: ['{self.folder}/log/{name}.json.log']", f"      labels: {{service: {name}}}"]
        (workspace / "workspace.yml").write_text("\n".join(lines) + "\n")

    def start_belvedere(self):
        workspace = self.folder / "workspace"
        self.start("belvedere", [self.state["program"], "serve", "--workspace", workspace, "--listen", f"127.0.0.1:{self.port('belvedere')}"])
        for _ in range(100):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port('belvedere')}/-/ready", timeout=2)
                print(f"Belvedere answers on 127.0.0.1:{self.port('belvedere')}, workspace {workspace}")
                return
            except OSError:
                time.sleep(0.1)
        raise SystemExit("Belvedere does not become ready; see log/belvedere.log")

    # -- questions -------------------------------------------------------------------------------------------------
    def ask(self, path, **parameters):
        url = f"http://127.0.0.1:{self.port('belvedere')}{path}?{urllib.parse.urlencode(parameters)}"
        with urllib.request.urlopen(url, timeout=10) as answer:
            return json.load(answer)["data"]

    def value(self, query):
        result = self.ask("/api/v1/query", query=query)["result"]
        return float(result[0]["value"][1]) if result else None

    def lines(self, query, minutes=10):
        now = time.time_ns()
        result = self.ask("/loki/api/v1/query_range", query=query, start=now - minutes * 60 * 10**9, end=now, limit=1000)["result"]
        return sum(len(stream["values"]) for stream in result)

    def wait(self, what, condition, seconds=90):
        end = time.time() + seconds
        while time.time() < end:
            if condition():
                print(f"ok    {what}")
                return True
            time.sleep(1)
        print(f"FAIL  {what}")
        return False

    def check(self):
        running = self.state["pids"]
        good = True
        for job, part, metric in (("node", "node_exporter", "node_memory_MemTotal_bytes"), ("redis", "redis_exporter", "redis_up"), ("postgres", "postgres_exporter", "pg_up"),
                                  ("fastapi", "api", "http_requests_total")):
            if part in running:
                good &= self.wait(f"{job} is scraped", lambda: self.value(f'up{{job="{job}"}}') == 1)
                good &= self.wait(f"{metric} is there", lambda: (self.value(f"sum({metric})") or 0) > 0)
        good &= self.wait("lines of the API's file arrive", lambda: self.lines('{service="api"} | json | status >= 200') > 0)
        if "nginx" in running:
            good &= self.wait("lines of nginx arrive", lambda: self.lines('{service="nginx"} | json | method="GET"') > 0)
        if "docker" in self.state:
            good &= self.wait("JSON lines of a container arrive", lambda: self.lines('{compose_service="json"} | json | level="error"') > 0)
            good &= self.wait("multi-line text of a container arrives", lambda: self.lines('{compose_service="java"} |= "Stock.java"') > 0)
        good &= self.wait("no rule fails", lambda: all(rule["health"] != "err" for group in self.ask("/api/v1/rules")["groups"] for rule in group["rules"]))
        return good

    def redis_outage(self):
        firing = lambda: self.value('ALERTS{alertname="RedisDown",alertstate="firing"}') == 1
        self.stop("redis")
        good = self.wait("RedisDown fires when Redis is stopped", firing)
        self.start_redis()
        good &= self.wait("RedisDown ends when Redis is back", lambda: not firing())
        return good

    def down(self):
        if "docker" in self.state:
            names = subprocess.run(["docker", "-H", self.state["docker"], "ps", "-aq"], capture_output=True, text=True).stdout.split()
            if names:
                subprocess.run(["docker", "-H", self.state["docker"], "rm", "-f", *names], capture_output=True)
        for name in list(self.state["pids"])[::-1]:
            self.stop(name, signal.SIGINT if name == "postgres" else signal.SIGTERM)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["up", "check", "redis-outage", "down"])
    parser.add_argument("folder")
    parser.add_argument("--peers", default="/usr/bin")
    parser.add_argument("--belvedere", default=str(HERE / "../../build/release/bin/belvedere"))
    arguments = parser.parse_args()
    stack = Stack(arguments.folder)
    if arguments.command == "up":
        stack.up(arguments.peers, arguments.belvedere)
    elif arguments.command == "down":
        stack.down()
    else:
        sys.exit(0 if (stack.check() if arguments.command == "check" else stack.redis_outage()) else 1)


if __name__ == "__main__":
    main()
