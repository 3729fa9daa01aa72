"""Posts ratings to a service at a steady rate and measures when each is in the neighbor lists. Used by script/load stream.

Usage: stream.py ADDRESS PROCESS SECONDS RATE
"""
import http.client
import json
import random
import re
import sys
import threading
import time
import urllib.parse

address, process, seconds, rate = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
host = urllib.parse.urlparse(address).netloc
BATCH = 10  # ratings of one request


class Client:
    def __init__(self):
        self.connection = http.client.HTTPConnection(host, timeout=30)

    def ask(self, method, path, body=None):
        headers = {"Content-Type": "application/json"} if body is not None else {}
        self.connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status >= 400:
            raise SystemExit(f"{method} {path}: {answer.status} {text[:200]}")
        return text


def ids(client, view):
    table = json.loads(client.ask("POST", "/admin/sql", {"sql": f"SELECT id FROM {view}", "row_limit": 10000}))
    return [row[0] for row in table["rows"]]


def memory():
    with open(f"/proc/{process}/status") as status:
        return int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1)) / 1024


def quantile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(share * len(values)))] if values else float("nan")


def metric(client, name):
    text = client.ask("GET", "/metrics").decode()
    return float(re.search(rf"^{re.escape(name)} (\S+)$", text, re.M).group(1))


control = Client()
users, items = ids(control, "users"), ids(control, "items")
stop = threading.Event()


def rating(user, chooser):
    return {"user_id": user, "item_id": chooser.choice(items), "rating": chooser.choice([1, 2, 3, 4, 5])}


def post(number, share, counted):
    """Requests at fixed times, so that a slow answer does not lower the rate unseen."""
    client, chooser, begin = Client(), random.Random(number), time.monotonic()
    sent = 0
    while not stop.is_set():
        due = begin + sent * BATCH / share
        time.sleep(max(0, due - time.monotonic()))
        client.ask("POST", "/ratings", {"ratings": [rating(chooser.choice(users), chooser) for _ in range(BATCH)]})
        sent += 1
        counted[number] += BATCH


def probe(name, chooser, client):
    """Seconds from posting the first rating of somebody new until they have neighbors."""
    liked = chooser.sample(popular, 3)
    begin = time.monotonic()
    client.ask("POST", "/ratings", {"ratings": [{"user_id": name, "item_id": item, "rating": 4} for item in liked]})
    while not json.loads(client.ask("GET", f"/users/{name}/neighbors?count=1"))["items"]:
        time.sleep(0.001)
    return time.monotonic() - begin


def ask(waits):
    client, chooser = Client(), random.Random(99)
    while not stop.is_set():
        begin = time.monotonic()
        client.ask("GET", f"/users/{chooser.choice(users)}/recommendations?model=als")
        waits.append(time.monotonic() - begin)
        time.sleep(0.02)


popular = [row[0] for row in json.loads(control.ask("POST", "/admin/sql", {
    "sql": "SELECT id FROM items JOIN (SELECT item FROM ratings GROUP BY item ORDER BY count(*) DESC LIMIT 200) USING (item)"
}))["rows"]]
chooser = random.Random(7)
alone = [probe(f"alone-{number}", chooser, control) for number in range(60)][10:]
print(f"one rating alone, from the post to the lists: median {1e3 * quantile(alone, 0.5):.1f} ms, "
      f"99 % within {1e3 * quantile(alone, 0.99):.1f} ms")

posters, counted, waits, delays = 4, [0] * 4, [], []
threads = [threading.Thread(target=post, args=(number, rate / posters, counted)) for number in range(posters)]
threads.append(threading.Thread(target=ask, args=(waits,)))
before = memory()
names = ["own", "spare", "again"]
lists = {name: metric(control, f'kindred_live_lists_total{{work="{name}"}}') for name in names}
begin = time.monotonic()
for thread in threads:
    thread.start()
number = 0
while time.monotonic() - begin < seconds:
    delays.append(probe(f"probe-{number}", chooser, control))
    number += 1
    time.sleep(0.1)
took = time.monotonic() - begin
stop.set()
for thread in threads:
    thread.join()
print(f"{sum(counted) / took:.0f} ratings/s for {took:.0f} s; probes among them, from the post to the lists: "
      f"median {1e3 * quantile(delays, 0.5):.0f} ms, 99 % within {1e3 * quantile(delays, 0.99):.0f} ms, {len(delays)} of them")
print(f"lists of als beside it: median {1e3 * quantile(waits, 0.5):.1f} ms, 99 % within {1e3 * quantile(waits, 0.99):.1f} ms")
done = {name: metric(control, f'kindred_live_lists_total{{work="{name}"}}') - lists[name] for name in names}
others = max(1, done["spare"] + done["again"])
print(f"lists: {done['own']:.0f} of users whose ratings changed; of the others that lost a neighbor "
      f"{done['spare']:.0f} mended from spares, {done['again']:.0f} computed again ({100 * done['spare'] / others:.2f} % from spares)")
text = control.ask("GET", "/metrics").decode()
buckets = [(bound, float(count)) for bound, count in
           re.findall(r'^kindred_live_delay_seconds_bucket\{le="([^"]+)"\} (\S+)$', text, re.M)]
total = buckets[-1][1]
print("from the commit to the lists: " + ", ".join(
    f"{100 * count / total:.2f} % within {bound} s" for bound, count in buckets if bound in ("0.01", "0.1", "0.25", "0.5", "1")))
print(f"memory: {before:.0f} MB before, {memory():.0f} MB after")
