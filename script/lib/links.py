"""Checks that relative links of Markdown files lead to files and headings that exist. Usage: links.py FILE ..."""

import re
import sys
from pathlib import Path


def anchors(page):
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def faults(page):
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        for target in re.findall(r"\]\(([^)\s]+)\)", line):
            if re.match(r"[a-z]+:", target):
                continue
            path, _, anchor = target.partition("#")
            file = page.parent / path if path else page
            if not file.exists():
                yield f"{page}:{number}: {target} leads to no file"
            elif anchor and anchor not in anchors(file):
                yield f"{page}:{number}: {target} leads to no heading"


found = [fault for name in sys.argv[1:] for fault in faults(Path(name))]
print("\n".join(found), file=sys.stderr, end="\n" if found else "")
sys.exit(1 if found else 0)
