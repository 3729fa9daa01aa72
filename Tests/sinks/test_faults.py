"""Whatever fails on the way, and whenever the service is killed: in the end the indices are as the store."""

import threading
import time

from lib import ask, check
from proxy import FaultProxy
from steps import KEYS, Service, Writer, rows, small_store


def test_kills_and_faults(lab):
    """The service is killed again and again behind a server that fails in every way; in the end nothing is missing."""
    store, double = small_store(lab), lab.double()
    proxy = lab.closing(FaultProxy(double.url, seed=lab.random.randrange(1 << 30)))
    service = Service(lab, store, proxy.url)
    writer = Writer(service, lab.random, rate=200)
    kills = 20 if lab.is_long else 5
    for number in range(kills):
        # The first kills meet the first load; later ones what follows it.
        time.sleep(lab.random.uniform(0.5, 1.5 + number / 4))
        if number % 4 == 3:
            ask(service.address + "/admin/refresh", "POST", {})
            time.sleep(lab.random.uniform(0, 1))
        service.kill()
        service.start()
    writer.stop()
    check(writer.written > 50 * kills and not writer.failures, f"ratings came between {kills} kills", f"{writer.written} written, {writer.removed} removed {writer.failures[:2]}")
    left = service.wait_until_equal(double, patience=60)
    check(not left, "the indices are as the store", left or f"{sum(proxy.counts.values())} faults in {proxy.requests} requests: {proxy.counts}")
    check(rows(store, "SELECT count(*) FROM outbox")[0][0] == 0, "nothing is left in the outbox")
    check(rows(store, "SELECT count(*) FROM sinks")[0][0] == 1, "no load holds it any more")
    check(service.sink["dead_letters"] == 0, "nothing became a dead letter")


def test_outage_under_load(lab):
    """While the server is away the service answers as before, and all that came meanwhile is there afterwards."""
    store, double = small_store(lab), lab.double()
    proxy = lab.closing(FaultProxy(double.url, bulk={}, other={}))
    service = Service(lab, store, proxy.url)
    service.wait_until_in_step()
    writer = Writer(service, lab.random, rate=300)
    proxy.down()
    time.sleep(60 if lab.is_long else 6)
    answered = writer.written
    behind = service.sink["entries_behind"]
    proxy.up()
    writer.stop()
    check(answered > 500 and not writer.failures, "ratings are taken during the outage", f"{answered}, {behind} behind")
    check(behind and behind > 300, "they wait in the store")
    left = service.wait_until_equal(double, patience=60)
    check(not left, "afterwards the indices are as the store", left)


def test_aliases_swap_at_once(lab):
    """Who queries in a loop while all is loaded and refreshed never finds an empty index, or half of one."""
    store, double = small_store(lab), lab.double()
    proxy = lab.closing(FaultProxy(double.url, bulk={"slow": 20}, other={}))
    service = Service(lab, store, proxy.url)
    service.wait_until_in_step()
    kinds = tuple(KEYS)
    whole = {kind: double.count(f"kindred-{kind}") for kind in kinds}
    wrong, asked, is_done = [], {kind: 0 for kind in kinds}, threading.Event()

    def read():
        while not is_done.is_set():
            for kind in kinds:
                try:
                    found = ask(f"{double.url}/kindred-{kind}/_search", "POST", {"size": 0, "track_total_hits": True})
                    count = found["hits"]["total"]["value"]
                except Exception as error:  # noqa: BLE001
                    count = str(error)
                if count != whole[kind]:
                    wrong.append((kind, count))
                asked[kind] += 1

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    loads = 4 if lab.is_long else 2
    for _ in range(loads):
        service.refresh()
        service.wait_until_in_step()
        lab.kindred("index", store, "--elasticsearch", proxy.url)
        service.wait_until_in_step()
    is_done.set()
    reader.join(20)
    check(not wrong, f"all of {sum(asked.values())} queries found everything", f"{len(wrong)} did not: {wrong[:3]} of {whole}")
    names = ask(f"{double.url}/_alias/kindred-*")
    check(all(name.startswith("kindred-") for name in names) and len(names) >= 6, "each alias stands for one index", sorted(names)[:3])
