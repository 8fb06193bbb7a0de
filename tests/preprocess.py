#!/usr/bin/env python3
"""Prints a digest of what a source file compiles to, so that ./dev check looks at it again only when that changed.

    preprocess.py COMPILE-COMMANDS FILE RULES
"""
import hashlib
import json
import pathlib
import shlex
import subprocess
import sys


def main():
    commands, file, rules = map(pathlib.Path, sys.argv[1:])
    wanted = file.resolve()
    entry = next((row for row in json.loads(commands.read_text())
                  if (pathlib.Path(row["directory"]) / row["file"]).resolve() == wanted), None)
    if entry is None:
        sys.exit(f"{file} is not built, so it cannot be checked")
    words = shlex.split(entry["command"])
    words = [word for word in words if word not in ("ccache", "-c", "-MD")]
    for flag in ("-o", "-MF", "-MT"):
        while flag in words:
            at = words.index(flag)
            del words[at:at + 2]
    # -C keeps comments: NOLINT is one.
    text = subprocess.run([*words, "-E", "-C", "-P"], cwd=entry["directory"], stdout=subprocess.PIPE, check=True).stdout
    print(hashlib.sha256(text + rules.read_bytes()).hexdigest())


if __name__ == "__main__":
    main()
