#!/usr/bin/env python3
"""Follows the logs of a real dockerd and counts every line: run.py DOCKER_FOLLOW

Containers write numbered lines while the follower is killed, containers are restarted and dockerd is restarted; then each
line must be stored exactly once. Exits with 77 (skipped) where no dockerd can be started. The dockerd is one of its own,
with its own socket and data, without networks, and ends with the test.
"""
import collections
import http.client
import io
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import tempfile
import time

FOLDER = tempfile.mkdtemp(prefix="belvedere-docker-")
SOCKET = os.path.join(FOLDER, "docker.sock")
STORE = os.path.join(FOLDER, "logs")


def skip(reason):
    print("skipped:", reason)
    shutil.rmtree(FOLDER, ignore_errors=True)
    sys.exit(77)


class Connection(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(60)
        self.sock.connect(SOCKET)


def api(method, path, body=None, kind="application/json"):
    connection = Connection("docker")
    data = json.dumps(body).encode() if isinstance(body, (dict, list)) else body
    connection.request(method, path, data, {"Content-Type": kind} if data else {})
    answer = connection.getresponse()
    text = answer.read()
    if answer.status >= 400:
        raise RuntimeError("%s %s: %d %s" % (method, path, answer.status, text[:200]))
    return json.loads(text) if text[:1] in (b"{", b"[") else text


class Dockerd:
    def start(self):
        log = open(os.path.join(FOLDER, "dockerd.log"), "ab")
        self.process = subprocess.Popen(
            ["dockerd", "-H", "unix://" + SOCKET, "--data-root", FOLDER + "/data", "--exec-root", FOLDER + "/exec", "--pidfile", FOLDER + "/pid",
             "--iptables=false", "--ip6tables=false", "--bridge=none"], stdout=log, stderr=log)
        for _ in range(150):
            if self.process.poll() is not None:
                return False
            try:
                api("GET", "/_ping")
                return True
            except (OSError, RuntimeError):
                time.sleep(0.2)
        return False

    def stop(self):
        self.process.terminate()
        self.process.wait(60)


class Follower:
    def start(self):
        self.log = open(os.path.join(FOLDER, "follower.log"), "ab")
        self.process = subprocess.Popen([sys.argv[1], SOCKET, STORE], stdout=self.log, stderr=self.log)

    def stop(self, how=signal.SIGKILL):
        self.process.send_signal(how)
        self.process.wait(30)


def image():
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as tar:
        tar.add(shutil.which("busybox"), "bin/busybox")
        for name in ("sh", "sleep", "seq", "printf", "head", "tr", "yes"):
            link = tarfile.TarInfo("bin/" + name)
            link.type = tarfile.SYMTYPE
            link.linkname = "busybox"
            tar.addfile(link)
    api("POST", "/images/create?fromSrc=-&repo=busy", data.getvalue(), "application/x-tar")


def create(name, script, **more):
    host = {"NetworkMode": "none", "LogConfig": {"Type": more.pop("driver", "json-file"), "Config": more.pop("log", {})}}
    if more.pop("remove", False):
        host["AutoRemove"] = True
    api("POST", "/containers/create?name=" + name, {"Image": "busy", "Cmd": ["/bin/sh", "-c", script], "HostConfig": host, **more})


def start(name):
    api("POST", "/containers/%s/start" % name)


def stored_labels():
    """The label sets of what is stored, by line."""
    text = subprocess.run([sys.argv[1], "--dump", STORE], capture_output=True).stdout.decode()
    return {line.split("\t", 1)[1]: line.split("\t", 1)[0] for line in text.split("\n") if "\t" in line}


def stored():
    text = subprocess.run([sys.argv[1], "--dump", STORE], capture_output=True).stdout.decode()
    found = collections.defaultdict(collections.Counter)
    for line in text.split("\n"):
        if "\t" in line:
            labels, line = line.split("\t", 1)
            name = labels.split('container="')[1].split('"')[0]
            found[name][line] += 1
    return found


def docker_lines(name):
    """What Docker itself has of a container, without times."""
    raw = api("GET", "/containers/%s/logs?stdout=1&stderr=1" % name)
    if not isinstance(raw, bytes):
        raw = json.dumps(raw).encode()
    out = b""
    while len(raw) >= 8:
        size = int.from_bytes(raw[4:8], "big")
        out += raw[8:8 + size]
        raw = raw[8 + size:]
    return out.decode().split("\n")[:-1]


def wait_until(what, condition, seconds=40):
    end = time.time() + seconds
    while time.time() < end:
        if condition():
            return
        time.sleep(0.3)
    print("waited in vain for", what)


COUNT = "i=0; while [ $i -lt %d ]; do echo \"%s $i\"; echo \"%s-err $i\" >&2; i=$((i+1)); if [ $((i %% 50)) = 0 ]; then sleep 0.05; fi; done"


def main():
    if os.geteuid() != 0:
        skip("only root can start a dockerd")
    for program in ("dockerd", "busybox"):
        if not shutil.which(program):
            skip("there is no " + program)
    dockerd = Dockerd()
    if not dockerd.start():
        skip("dockerd does not start here: " + open(FOLDER + "/dockerd.log").read()[-300:].strip().replace("\n", " | "))
    follower = Follower()
    failures = []

    def check(ok, text):
        print(("ok      " if ok else "FAILED  ") + text)
        if not ok:
            failures.append(text)

    try:
        image()
        seed = int(time.time())
        print("seed", seed)
        chance = random.Random(seed)

        # Before anybody looks.
        create("ended", "echo first; echo second >&2")
        start("ended")
        api("POST", "/containers/ended/wait")
        create("never-started", "echo never")
        create("shop-web-1", "echo out; echo err >&2", Labels={"com.docker.compose.project": "shop", "com.docker.compose.service": "web"})
        create("alone", "echo tty", Tty=True)
        for name in ("shop-web-1", "alone"):
            start(name)
        follower.start()

        # Killed again and again while containers write.
        lines = 6000
        create("busy", COUNT % (lines, "busy", "busy"), log={"max-size": "20m"})
        create("local", COUNT % (lines, "local", "local"), driver="local")
        # Its log is cut every 100 kB, a dozen times, while the follower reads and while it is away.
        create("rotated", COUNT % (lines, "rotated", "rotated"), log={"max-size": "100k", "max-file": "40"})
        start("busy")
        start("local")
        start("rotated")
        for _ in range(6):
            time.sleep(chance.uniform(0.3, 1.0))
            follower.stop()
            follower.start()
        for name in ("busy", "local", "rotated"):
            api("POST", "/containers/%s/wait" % name)

        create("terminal", "i=0; while [ $i -lt 300 ]; do echo \"tty $i\"; i=$((i+1)); done", Tty=True)
        start("terminal")
        create("long-lines", "head -c 100000 /dev/zero | tr '\\0' x; echo; head -c 16384 /dev/zero | tr '\\0' y; echo; printf 'no end'")
        start("long-lines")
        create("second", "echo brief")
        start("second")
        time.sleep(1)
        api("POST", "/containers/second/restart?t=0")
        for i in range(5):
            create("gone-%d" % i, "echo brief %d; sleep 1; echo bye %d" % (i, i), remove=True)
            start("gone-%d" % i)
        create("silent", "while :; do echo nobody hears; sleep 1; done", driver="none")
        start("silent")

        # dockerd is restarted in the middle.
        create("restarted", "echo begin; " + COUNT % (2000, "again", "again") + "; sleep 1000")
        start("restarted")
        time.sleep(0.7)
        dockerd.stop()
        time.sleep(1)
        if not dockerd.start():
            check(False, "dockerd starts again")
        start("restarted")
        time.sleep(1)
        follower.stop(signal.SIGTERM)
        follower.start()
        time.sleep(1)
        api("POST", "/containers/restarted/restart?t=0")

        def last_run_written(lines_of_all):
            """Whether the run that began last has come to its end; the runs before were cut short where it happened to be."""
            last = len(lines_of_all) - 1 - lines_of_all[::-1].index("begin")
            return {"again 1999", "again-err 1999"} <= set(lines_of_all[last:])

        def complete():
            theirs = docker_lines("restarted")
            found = stored()
            return (theirs.count("begin") == 3 and last_run_written(theirs) and sum(found["restarted"].values()) == len(theirs)
                    and sum(found["busy"].values()) == 2 * lines and sum(found["local"].values()) == 2 * lines and sum(found["rotated"].values()) == 2 * lines and sum(found["second"].values()) == 2
                    and len(found["long-lines"]) == 3)
        wait_until("all lines", complete, 90)
        found = stored()
        for name in ("busy", "local", "rotated"):
            wanted = {"%s %d" % (name, i) for i in range(lines)} | {"%s-err %d" % (name, i) for i in range(lines)}
            check(set(found[name]) == wanted and max(found[name].values()) == 1,
                  "%s: %d of %d lines, %d doubled, over six kills" % (name, len(found[name]), len(wanted), sum(n > 1 for n in found[name].values())))
        check(found["ended"] == {"first": 1, "second": 1}, "a container that ended before: %s" % dict(found["ended"]))
        labels = stored_labels()
        compose = 'compose_project="shop", compose_service="web", container="shop-web-1", service="web", stream='
        check(labels.get("out") == "{%s\"stdout\"}" % compose and labels.get("err") == "{%s\"stderr\"}" % compose, "labels of a compose service: %s" % labels.get("err"))
        check(labels.get("tty") == '{container="alone", service="alone", stream="stdout"}', "labels of a container of no project: %s" % labels.get("tty"))
        check(found["terminal"] == {"tty %d" % i: 1 for i in range(300)}, "terminal: %d lines" % len(found["terminal"]))
        check(found["long-lines"] == {"x" * 100000: 1, "y" * 16384: 1, "no end": 1}, "long lines: lengths %s" % sorted(map(len, found["long-lines"])))
        check(found["second"] == {"brief": 2}, "two runs of a container: %s" % dict(found["second"]))
        for i in range(5):
            check(found["gone-%d" % i] == {"brief %d" % i: 1, "bye %d" % i: 1}, "container removed by itself: %s" % dict(found["gone-%d" % i]))
        theirs = collections.Counter(docker_lines("restarted"))
        check(found["restarted"] == theirs, "dockerd, follower and container restarted: %d lines of %d" % (sum(found["restarted"].values()), sum(theirs.values())))
        check("silent: The log driver \"none\" keeps nothing" in open(FOLDER + "/follower.log").read(), "the log driver none is named")
    finally:
        follower.stop()
        for container in api("GET", "/containers/json?all=1"):
            api("DELETE", "/containers/%s?force=1" % container["Id"])
        dockerd.stop()
        # dockerd leaves the name space of containers without a network mounted.
        for name in os.listdir(FOLDER + "/exec/netns") if os.path.isdir(FOLDER + "/exec/netns") else []:
            subprocess.run(["umount", os.path.join(FOLDER, "exec/netns", name)], stderr=subprocess.DEVNULL)
    if failures:
        print("kept for looking at:", FOLDER)
        sys.exit(1)
    shutil.rmtree(FOLDER, ignore_errors=True)
    print("all passed")


if __name__ == "__main__":
    main()
