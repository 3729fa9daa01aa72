"""Watches the dashboard while ratings come from Kafka. Used by Tests/streams/test_dashboard.py.

Usage: stream_page.py ADDRESS FOLDER COMMAND…    COMMAND sends a rating of film FILM by user USER to the service's topic
"""

import subprocess
import sys
import time
from pathlib import Path

from dashboard import LIVE_WITHIN, Client, Failed, Page, require, until

USER, FILM = "stranger", "1"


def watch(page, command):
    page.load()
    until("the source is not shown as running",
          lambda: page.one("#sources .source-state").get_attribute("data-state") == "running")
    started = time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    until("the rating from Kafka did not arrive",
          lambda: any(page.text(row).startswith(USER) for row in page.find("#newest tbody tr")), pause=0.02)
    seconds = time.monotonic() - started
    # Sending it is among them.
    require(seconds <= LIVE_WITHIN, f"the rating took {seconds:.2f} s, not {LIVE_WITHIN:.0f} s")
    until("the error of new ratings is not drawn", lambda: page.state("stream-error") == "ready")
    label = page.one("#stream-error canvas").get_attribute("aria-label")
    require("als" in label and "baseline" in label, f"the error is told as {label!r}")
    until("the source does not count it", lambda: "1" in page.text(page.one("#sources tbody")))
    require(not (said := page.complaints()), f"the console says {said}")
    print(f"{seconds:.2f} s; {label}")


def main(address, folder, command):
    page = Page(Client(address.rstrip("/")), Path(folder))
    try:
        until("the service has no snapshot", page.service.is_ready, pause=0.5)
        watch(page, command)
    except Failed as failure:
        page.driver.save_screenshot(str(Path(folder) / "failed.png"))
        sys.exit(f"FAILED: {failure} {page.complaints()}")
    finally:
        page.driver.quit()


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
