"""The queries of a Grafana dashboard, with its variables filled in from a server that speaks Prometheus' and Loki's API.

Enough of Grafana's interpolation for tests that ask whether a dashboard's queries are answered; the program's own is in
core/dashboard.
"""
import json
import re

BUILT_IN = {"__rate_interval": "1m", "__interval": "30s", "__interval_ms": "30000", "__range": "1h", "__range_s": "3600"}


def interpolated(text, variables):
    for name in sorted({**BUILT_IN, **variables}, key=len, reverse=True):
        value = variables.get(name, BUILT_IN.get(name))
        text = re.sub(r"\$\{" + name + r"(:\w+)?\}|\$" + name + r"\b|\[\[" + name + r"\]\]", lambda _: value, text)
    return text


def variable_values(server, variable, variables):
    """The values that a query variable offers."""
    query = variable["query"]
    query = query.get("query", "") if isinstance(query, dict) else query
    query = interpolated(query, variables)
    if match := re.fullmatch(r"label_values\((?:(.+),)?\s*([\w]+)\)", query):
        selector = {"match[]": match[1]} if match[1] else {}
        return server.get(f"/api/v1/label/{match[2]}/values", **selector)[0] or []
    if match := re.fullmatch(r"query_result\((.+)\)", query):
        series = server.get("/api/v1/query", query=match[1])[0]
        texts = [f"{s['metric'].get('__name__', '')}{{{','.join(f'{k}={json.dumps(v)}' for k, v in s['metric'].items() if k != '__name__')}}} {s['value'][1]}" for s in series["result"]]
        pattern = re.compile(variable.get("regex", "").strip("/") or "(.*)")
        return [found[1] for text in texts if (found := pattern.search(text))]
    return []


def variables_of(server, document):
    """Name to value: everything where a variable offers "All", else the first value."""
    variables = {}
    for variable in document.get("templating", {}).get("list", []):
        name, kind = variable["name"], variable["type"]
        if kind == "query":
            values = [] if isinstance(variable["query"], dict) and "label" in variable["query"] else variable_values(server, variable, variables)
            if variable.get("includeAll"):
                variables[name] = variable.get("allValue") or ("|".join(map(re.escape, values)) if values else ".*")
            else:
                variables[name] = values[0] if values else ""
        elif kind == "textbox":
            variables[name] = variable["query"]
        elif kind in ("interval", "custom"):
            first = (variable.get("query") or "").split(",")[0].strip()
            variables[name] = "1m" if kind == "interval" else first
        elif kind == "constant":
            variables[name] = variable["query"]
    return variables


def panels_of(panels):
    for panel in panels:
        yield panel
        yield from panels_of(panel.get("panels") or [])


def queries_of(document, variables):
    """Each visible query: panel, expr, logs, instant."""
    for panel in panels_of(document.get("panels") or [panel for row in document.get("rows", []) for panel in row["panels"]]):
        for target in panel.get("targets") or []:
            if not target.get("expr") or target.get("hide"):
                continue
            source = target.get("datasource") or panel.get("datasource") or {}
            yield {"panel": panel.get("title", ""), "expr": interpolated(target["expr"], variables),
                   "logs": isinstance(source, dict) and source.get("type") == "loki",
                   "instant": bool(target.get("instant")) or target.get("queryType") == "instant"}
