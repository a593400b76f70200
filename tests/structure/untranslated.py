#!/usr/bin/env python3
"""Fails on a text that the window shows and no translator ever sees: a literal given to a widget outside of tr().

Looks at calls that show a text (setText, setToolTip, addAction, …) in ui/ and the parts of app/ that make windows. A literal
without a word in it ("%1 (%2)") is fine; so is what ALLOWED names, with the reason.
"""
import pathlib
import re
import sys

ALLOWED = {
    "$__auto": "the value of an option whose text is tr(\"auto\")",
}

SHOWS = re.compile(
    r"\b(?:setText|setToolTip|setStatusTip|setWhatsThis|setTitle|setWindowTitle|setPlaceholderText|setAccessibleName|"
    r"setAccessibleDescription|setInformativeText|setDetailedText|setLabelText|setPrefix|setSuffix|setSpecialValueText|"
    r"addAction|addMenu|addItem|addTab|addRow|addButton|insertItem|showMessage|information|warning|critical|question|"
    r"QLabel|QPushButton|QToolButton|QCheckBox|QRadioButton|QGroupBox|QAction)\s*[({]")
LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"')
TRANSLATED = re.compile(r'\b(?:tr|translate|QT_TR_NOOP|QT_TRANSLATE_NOOP)\(\s*(?:"(?:[^"\\]|\\.)*"\s*,?\s*)+')
# Names of objects, icons, properties and resources: one word without blanks, in lower case.
IDENTIFIER = re.compile(r"[a-z:][\w.:/#-]*")
PLACEHOLDER = re.compile(r"%L?(?:\d+|n)|<[^>]*>|&\w+;|\\.")

root = pathlib.Path(sys.argv[1])
problems, files = [], 0
for file in sorted([*root.glob("ui/**/*.cpp"), *root.glob("app/window*.cpp"), root / "app/notifier.cpp"]):
    files += 1
    name = file.relative_to(root).as_posix()
    for number, line in enumerate(file.read_text().splitlines(), 1):
        call = SHOWS.search(line)
        if not call or line.lstrip().startswith("//"):
            continue
        for literal in LITERAL.findall(TRANSLATED.sub("", line[call.end():])):
            words = re.search(r"[^\W\d_]{2,}", PLACEHOLDER.sub("", literal))
            if words and not IDENTIFIER.fullmatch(literal) and literal not in ALLOWED:
                problems.append(f'{name}:{number}: "{literal}" is shown and not translated; put it into tr()')
print(f"{files} files, {len(problems)} problems")
print("\n".join(problems))
sys.exit(1 if problems else 0)
