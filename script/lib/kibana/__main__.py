"""Writes, checks or imports Kibana's dashboard. script/kibana says how."""

import argparse
import re
import sys
from pathlib import Path

from description import DescriptionError, read
from layout import picture
from objects import ndjson
from post import ImportFailed, post

FOLDER = Path(__file__).resolve().parents[3] / "deploy/kibana"


def main():
    parser = argparse.ArgumentParser(prog="script/kibana")
    action = parser.add_mutually_exclusive_group()
    action.add_argument("--check", action="store_true", help="compare the committed files with the description")
    action.add_argument("--import", dest="url", metavar="URL", help="post the dashboard to a Kibana")
    parser.add_argument("--api-key-file", type=Path, metavar="FILE", help="a file with an API key")
    parser.add_argument("--ca", metavar="FILE", help="certificates to trust, in PEM")
    parser.add_argument("--prefix", default="kindred", metavar="NAME", help="of the aliases; the default is kindred")
    arguments = parser.parse_args()
    if not arguments.url and (arguments.api_key_file or arguments.ca or arguments.prefix != "kindred"):
        parser.error("--api-key-file, --ca and --prefix go with --import")

    description = read(FOLDER / "dashboard.toml")
    if arguments.url:
        if not re.match(r"https?://[^/]", arguments.url):
            parser.error("--import takes an address: http://localhost:5601")
        key = arguments.api_key_file.read_text().strip() if arguments.api_key_file else None
        count = post(ndjson(description, arguments.prefix), arguments.url, key, arguments.ca)
        print(f"Imported {count} objects. Open {arguments.url.rstrip('/')}/app/dashboards#/view/{arguments.prefix}")
        return

    made = {FOLDER / "kindred.ndjson": ndjson(description, "kindred"), FOLDER / "layout.svg": picture(description)}
    if not arguments.check:
        for path, text in made.items():
            path.write_text(text, encoding="utf-8")
        return
    stale = [path.name for path, text in made.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if stale:
        sys.exit(f"{' and '.join(stale)}: not what dashboard.toml gives; run script/kibana and commit what it writes")


try:
    main()
except (DescriptionError, ImportFailed, OSError) as error:
    sys.exit(f"script/kibana: {error}")
