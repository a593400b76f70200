"""A small FastAPI application: metrics with prometheus-client under the instrumentator's names, JSON lines in a file.

  api.py PORT REDIS_PORT LOG_FILE
"""
import json
import os
import random
import sys
import time

import redis
import uvicorn
from fastapi import FastAPI, Request, Response
from prometheus_client import Counter, Histogram, generate_latest

port, redis_port, log_path = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
requests = Counter("http_requests", "Total number of requests by method, status and handler.", ["method", "status", "handler"])
duration = Histogram("http_request_duration_seconds", "Duration of HTTP requests in seconds", ["handler", "method"], buckets=(0.005, 0.01, 0.05, 0.1, 0.5, 1))
app = FastAPI()
log = open(log_path, "a", buffering=1)
cache = redis.Redis(port=redis_port, socket_timeout=0.5)
count = 0
os.environ.setdefault("STACK_BROKER", f"redis://127.0.0.1:{redis_port}/1")


@app.middleware("http")
async def observe(request: Request, call_next):
    if request.url.path == "/metrics":
        return await call_next(request)
    global count
    start = time.monotonic()
    response = await call_next(request)
    seconds = time.monotonic() - start
    route = request.scope.get("route")
    handler = route.path if route else "none"
    requests.labels(request.method, f"{response.status_code // 100}xx", handler).inc()
    duration.labels(handler, request.method).observe(seconds)
    count += 1
    log.write(json.dumps({"n": count, "level": "error" if response.status_code >= 500 else "info", "method": request.method, "path": request.url.path,
                          "status": response.status_code, "duration_ms": round(seconds * 1000, 3)}) + "\n")
    return response


@app.get("/metrics")
def metrics():
    return Response(generate_latest(), media_type="text/plain; version=0.0.4; charset=utf-8")


@app.get("/items/{item}")
def item(item: int):
    try:
        if cache.get(f"item:{item}"):
            return {"item": item, "cached": True}
        cache.set(f"item:{item}", item, ex=30)
    except redis.RedisError:
        pass
    time.sleep(random.expovariate(100))
    if random.random() < 0.05:
        return Response(status_code=500)
    return {"item": item}


@app.post("/orders")
def order():
    from tasks import charge
    try:
        charge.apply_async(args=[random.randint(1, 1000)], retry=False)
    except Exception:
        return Response(status_code=503)
    return {"accepted": True}


uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")
