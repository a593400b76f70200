"""The Celery application of the stack; the broker is in STACK_BROKER."""
import os
import random
import time

from celery import Celery

app = Celery("tasks", broker=os.environ.get("STACK_BROKER", "redis://127.0.0.1:6379/1"))


@app.task
def charge(order):
    time.sleep(random.expovariate(5))
    if random.random() < 0.05:
        raise RuntimeError(f"card of order {order} was refused")
    return order
