"""Asks a server that speaks Prometheus' and Loki's API."""
import collections
import json
import time
import urllib.error
import urllib.parse
import urllib.request

PAGE = 5000


class Server:
    def __init__(self, base):
        self.base = base

    def get(self, path, **parameters):
        """Answers (data, None) or (None, what the server said)."""
        try:
            with urllib.request.urlopen(f"{self.base}{path}?{urllib.parse.urlencode(parameters, doseq=True)}", timeout=60) as answer:
                return json.load(answer).get("data"), None
        except urllib.error.HTTPError as error:
            return None, error.read().decode(errors="replace")[:300]

    def result(self, query, at_seconds, range_seconds):
        """The series or streams of a query: over a range when `range_seconds` is not 0."""
        scale = 10**9 if query["logs"] else 1
        prefix = "/loki/api/v1" if query["logs"] else "/api/v1"
        if range_seconds:
            data, error = self.get(f"{prefix}/query_range", query=query["expr"], start=(at_seconds - range_seconds) * scale, end=at_seconds * scale, step=30)
        else:
            data, error = self.get(f"{prefix}/query", query=query["expr"], time=at_seconds * scale)
        return (data["result"] if data else []), error

    def entries(self, query, start_ns):
        """Every line of a LogQL query since a time, read page by page: Counter of texts."""
        found = collections.Counter()
        end = time.time_ns() + 10**9
        while True:
            data, error = self.get("/loki/api/v1/query_range", query=query, start=start_ns, end=end, limit=PAGE, direction="forward")
            if error:
                raise RuntimeError(f"{query}: {error}")
            page = [value for stream in data["result"] for value in stream["values"]]
            if len(page) < PAGE:
                found.update(line for _, line in page)
                return found
            # Lines of one moment may be cut by the page's end; they come whole with the next.
            last = max(int(stamp) for stamp, _ in page)
            found.update(line for stamp, line in page if int(stamp) < last)
            if last == start_ns:
                raise RuntimeError(f"more than {PAGE} lines at {last}")
            start_ns = last
