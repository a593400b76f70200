#!/usr/bin/env python3
"""Fails on a document that points to nothing, on gaps in docs/decisions, and on a TODO that does not say why.

docs/api.md has every route and docs/command-line.md every command. Checked are the links of every Markdown file, the paths in back ticks (`core/tsdb`, `docs/testing.md`), and docs/….md
where sources mention it.
"""
import pathlib
import re
import subprocess
import sys

root = pathlib.Path(sys.argv[1])
problems = []


def tracked(*patterns):
    listed = subprocess.run(["git", "-C", root, "ls-files", "-z", "--", *patterns], capture_output=True, text=True)
    if listed.returncode == 0:
        names = [name for name in listed.stdout.split("\0") if name]
    else:  # an archive without git
        names = [file.relative_to(root).as_posix() for pattern in patterns for file in root.rglob(pattern)]
    return [root / name for name in sorted(names) if (root / name).is_file() and not name.startswith("build/")]


def check_links(file):
    place = file.relative_to(root).as_posix()
    text = re.sub(r"^```.*?^```", "", file.read_text(), flags=re.S | re.M)
    for target in re.findall(r"\]\(([^)\s#]+)(?:#[^)]*)?\)", text):
        if not re.match(r"[a-z]+:", target) and not (file.parent / target).exists():
            problems.append(f"{place}: links to {target}, which is not there")
    for path in re.findall(r"`((?:app|cmake|core|dashboards|docs|installer|resources|tests|translations|ui)/[\w./-]*\w)`", text):
        # `core/scrape/http_fetch` stands for its header and source.
        if not (root / path).exists() and not list((root / path).parent.glob(pathlib.Path(path).name + ".*")):
            problems.append(f"{place}: mentions {path}, which is not there")


documents = tracked("*.md")
for file in documents:
    check_links(file)

sources = tracked("*.h", "*.cpp", "*.py", "*.sh", "*.cmake", "CMakeLists.txt")
for file in sources:
    place = file.relative_to(root).as_posix()
    if place == pathlib.Path(__file__).resolve().relative_to(root.resolve()).as_posix():
        continue
    for number, line in enumerate(file.read_text(errors="replace").splitlines(), 1):
        for path in re.findall(r"\bdocs/[\w./-]*\.md\b", line):
            if not (root / path).exists():
                problems.append(f"{place}:{number}: mentions {path}, which is not there")
        if re.search(r"\b(?:TODO|FIXME|XXX)\b(?!:? ?\S+ \S+ \S+)", line):
            problems.append(f"{place}:{number}: a TODO says what is missing and why")

decisions = sorted((root / "docs/decisions").glob("0*.md"))
index = (root / "docs/decisions/README.md").read_text()
for expected, file in enumerate(decisions, 1):
    if int(file.name[:4]) != expected:
        problems.append(f"docs/decisions/{file.name}: the number {expected:04} is missing before it")
        break
problems += [f"docs/decisions/README.md does not list {file.name}" for file in decisions if file.name not in index]

api = (root / "docs/api.md").read_text()
for file in [*root.glob("core/receive/*.cpp"), root / "app/session.cpp"]:
    problems += [f"docs/api.md does not have {route}" for route in re.findall(r'[rR]outer\.\w+\(\s*"([^"]+)"', file.read_text()) if f"`{route}`" not in api]
commands = (root / "docs/command-line.md").read_text()
for file in root.glob("app/command_*.cpp"):
    problems += [f"docs/command-line.md does not have {name}" for name in re.findall(r'return \{ \.name = "([^"]+)"', file.read_text()) if f"`{name}" not in commands]

print(f"{len(documents)} documents, {len(sources)} sources, {len(problems)} problems")
print("\n".join(problems))
sys.exit(1 if problems else 0)
