"""How many whole sagas a second the local system takes, with everything outside in memory."""

import time

from tests.bench.asking import APPS, ENDS_WITHIN_S, ask, completed
from tests.bench.figures import show
from tests.bench.starting import rehearsing

from slipway_local.cli.client import Client

SAGAS, ROUNDS = 20, 3


def measure_throughput() -> None:
    rows = []
    with rehearsing() as system:
        client = Client(system.url, system.token)
        completed(system, client, ask(client, APPS / "static", "bench-first"))
        for number in range(ROUNDS):
            wall, cpu = time.perf_counter(), time.process_time()
            asked = [
                ask(client, APPS / "static", f"bench-{number}-{each}") for each in range(SAGAS)
            ]
            system.wait_idle(ENDS_WITHIN_S)
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            for workflow in asked:
                completed(system, client, workflow)
            rows.append((str(number + 1), f"{SAGAS / wall:.1f}/s", f"{cpu / SAGAS * 1000:.0f} ms"))
        client.close()
    title = f"Rehearsed sagas: {SAGAS} at once, each from its upload to COMPLETED"
    show(title, ("round", "sagas", "processor time each"), rows)
