"""Asks /healthz 20 times per second until standard input ends, and prints how long the answers took, as JSON.

    pulse.py HOST PORT

A request that is late is sent all the same and counts from the time it was due, so that a stall counts in full.
"""

import contextlib
import http.client
import json
import os
import select
import sys
import time

INTERVAL = 0.05


def ask(host, port):
    connection = http.client.HTTPConnection(host, port, timeout=60)
    try:
        connection.request("GET", "/healthz")
        response = connection.getresponse()
        response.read()
        return response.status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def main(host, port):
    latencies, failures = [], 0
    # The figures are the server's, not those of a machine on which this process waits for its turn.
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, -10)
    due = time.monotonic()
    while not select.select([sys.stdin], [], [], max(0, due - time.monotonic()))[0]:
        failures += not ask(host, port)
        latencies.append(1000 * (time.monotonic() - due))
        # After a failure that came at once there is nothing to catch up with.
        due += INTERVAL
    latencies.sort()
    at = lambda share: latencies[min(len(latencies) - 1, int(share * len(latencies)))] if latencies else 0.0
    print(json.dumps({"count": len(latencies), "failures": failures, "p50": at(0.5), "p99": at(0.99), "longest": at(1)}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
