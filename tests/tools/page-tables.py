#!/usr/bin/env python3
"""Prints the rows of the pipe tables of a page in Markdown, a line each, with tabs between the
cells and links and marks taken away:  page-tables.py PAGE [HEADING]
HEADING: only the tables below that heading."""
import re
import sys


def plain(cell):
    cell = re.sub(r"\[((?:[^\]\\]|\\.)*)\]\([^)]*\)", r"\1", cell)
    cell = cell.replace("<br>", " ")
    return re.sub(r"\\(.)", r"\1", re.sub(r"[`*]", "", cell)).strip()


heading = None
for line in open(sys.argv[1], encoding="utf-8"):
    if line.startswith("#"):
        heading = line.lstrip("#").strip()
    if not line.startswith("|") or re.fullmatch(r"[|:\- \n]+", line):
        continue
    if len(sys.argv) < 3 or heading == sys.argv[2]:
        print("\t".join(plain(cell) for cell in re.split(r"(?<!\\)\|", line.strip())[1:-1]))
