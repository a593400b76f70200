#!/usr/bin/env python3
"""Fails when a .cpp does not include its own header first: that is where each header is compiled without help.

Also fails on a header without #pragma once, and on std::format, which every file that calls it would compile anew: formatted()
of core/base/format.h does the same. Headers that have no .cpp are compiled alone by the build.
"""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
problems, headers = [], 0
for top in ("core", "ui", "app"):
    for header in sorted((root / top).rglob("*.h")):
        headers += 1
        name = header.relative_to(root).as_posix()
        if not header.read_text().startswith("#pragma once"):
            problems.append(f"{name}: does not begin with #pragma once")
        for source in (header.with_suffix(".cpp"), header.parent / "posix" / header.with_suffix(".cpp").name):
            if not source.exists():
                continue
            first = re.search(r'^\s*#\s*include\s*["<]([^">]+)', source.read_text(), re.M)
            if not first or first[1] != name:
                problems.append(f"{source.relative_to(root).as_posix()}: does not include {name} first")
for top in ("core", "ui", "app", "tests"):
    for source in sorted(path for suffix in ("h", "cpp") for path in (root / top).rglob(f"*.{suffix}")):
        name = source.relative_to(root).as_posix()
        if not name.startswith("core/base/format.") and re.search(r"\bstd::v?format(_to|_to_n)?\(", source.read_text()):
            problems.append(f"{name}: calls std::format; use formatted() of core/base/format.h")
print(f"{headers} headers, {len(problems)} problems")
print("\n".join(problems))
sys.exit(1 if problems else 0)
