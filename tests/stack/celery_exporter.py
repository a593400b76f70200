"""The figures of a Celery worker under celery-exporter's names, from the events that the worker sends.

  celery_exporter.py PORT REDIS_PORT

celery-exporter itself is no Debian package. This one reads the same events through Celery's own receiver.
"""
import sys
import threading
import time

import redis
from celery import Celery
from prometheus_client import Counter, Gauge, Histogram, start_http_server

port, redis_port = int(sys.argv[1]), int(sys.argv[2])
broker = f"redis://127.0.0.1:{redis_port}/1"
app = Celery(broker=broker)
state = app.events.State()

LABELS = ["name", "hostname", "queue_name"]
counters = {kind: Counter(f"celery_task_{kind}", f"Tasks that were {kind}.", LABELS) for kind in ("sent", "received", "started", "succeeded", "retried")}
failed = Counter("celery_task_failed", "Tasks that failed.", [*LABELS, "exception"])
runtime = Histogram("celery_task_runtime", "Run time of tasks in seconds.", LABELS)
worker_up = Gauge("celery_worker_up", "Whether the worker sends heartbeats.", ["hostname"])
active = Gauge("celery_worker_tasks_active", "Tasks that a worker runs.", ["hostname"])
queue_length = Gauge("celery_queue_length", "Tasks that wait.", ["queue_name"])
queue_length.labels("celery").set(0)
heartbeats = {}  # host name to the time of its last one
LOST_AFTER_S = 15


def on_task(event):
    state.event(event)
    task = state.tasks.get(event["uuid"])
    labels = (task.name or "unknown", event["hostname"], "celery")
    kind = event["type"].removeprefix("task-")
    if kind == "failed":
        failed.labels(*labels, (event.get("exception") or "").split("(")[0]).inc()
    elif kind in counters:
        counters[kind].labels(*labels).inc()
    counters["retried"].labels(*labels)
    if kind == "succeeded":
        runtime.labels(*labels).observe(event["runtime"])


def on_worker(event):
    heartbeats[event["hostname"]] = time.time()
    worker_up.labels(event["hostname"]).set(event["type"] != "worker-offline")
    active.labels(event["hostname"]).set(event.get("active") or 0)


def watch_queue():
    client = redis.Redis(port=redis_port, db=1)
    while True:
        try:
            queue_length.labels("celery").set(client.llen("celery"))
        except redis.RedisError:
            pass
        for hostname, last in list(heartbeats.items()):
            if time.time() - last > LOST_AFTER_S:
                worker_up.labels(hostname).set(0)
        time.sleep(1)


threading.Thread(target=watch_queue, daemon=True).start()
start_http_server(port, addr="127.0.0.1")
while True:
    try:
        with app.connection() as connection:
            handlers = {f"task-{kind}": on_task for kind in (*counters, "failed")} | {f"worker-{kind}": on_worker for kind in ("online", "heartbeat", "offline")}
            app.events.Receiver(connection, handlers=handlers).capture(limit=None, timeout=None, wakeup=True)
    except Exception as error:  # the broker is away: that is part of what the stack shows
        print(error, flush=True)
        time.sleep(1)
