"""Runs the program under test as a server."""
import http.client
import os
import pathlib
import re
import socket
import subprocess
import tempfile
import time

import http_api

START_SECONDS = 60  # the demo writes its history first
STOP_SECONDS = 20


class Server:
    """`belvedere serve`, or the window off screen, on a free port; ready when made, and ended with the `with` it is made for.

    Without a workspace it has one that is gone afterwards. What it says stands in serve.log there, over all starts.
    """

    def __init__(self, program, workspace=None, *options, window=False):
        self.own_folder = None if workspace else tempfile.TemporaryDirectory()
        self.workspace = pathlib.Path(workspace or self.own_folder.name)
        self.log = self.workspace / "serve.log"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.api = http_api.Server(self.url)
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": str(self.workspace / "settings")}
        command = [program, *([] if window else ["serve"]), "--workspace", self.workspace, "--listen", f"127.0.0.1:{self.port}", *options]
        began = time.monotonic()
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=log, env=environment)
        while not self.is_ready():
            if self.process.poll() is not None or time.monotonic() - began > START_SECONDS:
                self.kill()
                raise SystemExit("FAIL: the server does not become ready:\n" + self.messages()[-2000:])
            time.sleep(0.02)
        self.start_seconds = time.monotonic() - began

    def is_ready(self):
        try:
            return self.request("GET", "/-/ready")[0] == 200
        except OSError:
            return False

    def request(self, method, path, body=None, headers={}, timeout=60):
        """The status and the text of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode(errors="replace")
        finally:
            connection.close()

    def messages(self):
        return self.log.read_text()

    def is_alive(self):
        return self.process.poll() is None and self.request("GET", "/-/healthy", timeout=10)[0] == 200

    def peak_mb(self):
        return int(re.search(r"VmHWM:\s+(\d+)", pathlib.Path(f"/proc/{self.process.pid}/status").read_text())[1]) // 1024

    def reset_peak(self):
        pathlib.Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")

    def stop(self):
        """Ends it as a person would, checks that it ends well, and answers how long that took."""
        began = time.monotonic()
        self.process.terminate()
        try:
            status = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise SystemExit(f"FAIL: the server does not stop within {STOP_SECONDS} s:\n" + self.messages()[-2000:])
        if status != 0:
            raise SystemExit(f"FAIL: the server ended with status {status}:\n" + self.messages()[-2000:])
        return time.monotonic() - began

    def kill(self):
        self.process.kill()
        self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, failed, *_):
        try:
            if self.process.poll() is None:
                self.kill() if failed else self.stop()
        finally:
            if self.own_folder:
                self.own_folder.cleanup()
