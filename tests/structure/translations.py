#!/usr/bin/env python3
"""Fails when translations/ does not list a text of ui/ or app/, or when a finished translation lost a placeholder.

Texts that are listed and not translated are fine: they are shown in English. What is listed and no longer said is fine
too: the next update takes it out.
"""
import pathlib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

root, lupdate = pathlib.Path(sys.argv[1]), sys.argv[2]


def messages(file):
    for context in ElementTree.parse(file).getroot().iter("context"):
        for message in context.iter("message"):
            name, source, comment = (node.findtext(tag) or "" for node, tag in ((context, "name"), (message, "source"), (message, "comment")))
            yield (name, source, comment), message


def said():
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "said.ts"
        run = subprocess.run([lupdate, "-silent", "-I", root, "-locations", "none", root / "ui", root / "app", "-ts", file],
                             capture_output=True, text=True)
        if run.returncode != 0:
            sys.exit(f"lupdate failed:\n{run.stdout}{run.stderr}")
        return {key: message.get("numerus") == "yes" for key, message in messages(file)}


def placeholders(text):
    return set(re.findall(r"%L?(?:\d+|n)", text))


def check_translation(name, source, message):
    translation = message.find("translation")
    if translation is None or translation.get("type"):
        return
    plural = message.get("numerus") == "yes"
    forms = [form.text or "" for form in translation.iter("numerusform")] if plural else [translation.text or ""]
    for form in forms:
        if not form:
            yield f"{name}: '{source}' is marked as finished and empty"
        # "One target" may do without its number.
        missing = placeholders(source) - placeholders(form) - ({"%n"} if plural else set())
        extra = placeholders(form) - placeholders(source)
        if missing or extra:
            yield f"{name}: '{source}' became '{form}': placeholders {sorted(missing | extra)}"


problems, all_texts = [], said()
files = sorted((root / "translations").glob("*.ts"))
for file in files:
    # English needs a translation only to say "1 panel" and "2 panels".
    texts = {key for key, plural in all_texts.items() if plural or not file.stem.endswith("_en")}
    listed = dict(messages(file))
    problems += [f"{file.name}: {context}: '{source}' is not listed; build the target update-translations"
                 for context, source, _ in sorted(texts - listed.keys())]
    for (context, source, _), message in listed.items():
        problems += check_translation(f"{file.name}: {context}", source, message)
    finished = sum(1 for key in texts & listed.keys() if not listed[key].find("translation").get("type"))
    print(f"{file.name}: {finished} of {len(texts)} texts are translated")
print("\n".join(problems))
sys.exit(1 if problems or not files else 0)
