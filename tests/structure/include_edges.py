#!/usr/bin/env python3
"""Fails on an #include between folders that the table in docs/architecture.md does not have.

The table's rows are "| `folder` | `allowed` `allowed` … | qt or – | … |". A folder may always include itself.
Also fails when a folder that is marked "–" includes a Qt or KDE header, and when anything but core/kv includes lmdb.h.
"""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
allowed, qt = {}, {}
for line in (root / "docs/architecture.md").read_text().splitlines():
    cells = [cell.strip() for cell in line.split("|")]
    if len(cells) >= 5 and re.fullmatch(r"`(core/\w+|ui|app)`", cells[1]):
        folder = cells[1].strip("`")
        allowed[folder] = set(re.findall(r"`([\w/]+)`", cells[2]))
        qt[folder] = cells[3] == "Qt"

def folder_of(path):
    parts = path.split("/")
    if parts[0] in ("ui", "app"):
        return parts[0]
    return "/".join(parts[:2]) if parts[0] == "core" else None

problems, files = [], 0
for top in ("core", "ui", "app"):
    for file in sorted((root / top).rglob("*")):
        if file.suffix not in (".h", ".cpp"):
            continue
        files += 1
        name = file.relative_to(root).as_posix()
        folder = folder_of(name)
        if folder not in allowed:
            problems.append(f"{name}: folder {folder} is not in the table of docs/architecture.md")
            continue
        for number, line in enumerate(file.read_text().splitlines(), 1):
            match = re.match(r'\s*#\s*include\s*(["<])([^">]+)[">]', line)
            if not match:
                continue
            header = match[2]
            target = folder_of(header)
            if match[1] == '"' and target and target != folder and target not in allowed[folder]:
                problems.append(f"{name}:{number}: {folder} must not include {target}")
            if header == "lmdb.h" and folder != "core/kv":
                problems.append(f"{name}:{number}: only core/kv includes lmdb.h")
            if match[1] == "<" and not qt[folder] and re.match(r"Q[A-Z]|Qt|K[A-Z]", header):
                problems.append(f"{name}:{number}: {folder} is a folder without Qt")
print(f"{files} files, {len(allowed)} folders, {len(problems)} problems")
print("\n".join(problems))
sys.exit(1 if problems else 0)
