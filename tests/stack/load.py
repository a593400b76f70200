"""A steady trickle of requests: load.py PORT"""
import http.client
import random
import sys
import time

while True:
    try:
        connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=5)
        for _ in range(50):
            if random.random() < 0.1:
                connection.request("POST", "/orders")
            else:
                connection.request("GET", f"/items/{random.randint(1, 500)}")
            connection.getresponse().read()
            time.sleep(random.expovariate(20))
    except OSError:
        time.sleep(0.5)
