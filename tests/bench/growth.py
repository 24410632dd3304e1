"""What a request costs as the tables grow: calls, items read, and our own processor time.

The time inside the SDK is left out: behind it stands a local stand-in that does not scale as
DynamoDB does.
"""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from botocore.client import BaseClient
from tests.bench.figures import say, show
from tests.bench.history import IN_MEMORY, fill

from slipway.cqrs.read_tables import NOTICED_WITHIN_S
from slipway.settings import Settings
from slipway_local.cli.client import Client
from slipway_local.functions.invocation import Answer, JsonText
from slipway_local.functions.service import Functions
from slipway_local.glue.patching import replaced
from slipway_local.kept.file import NAME
from slipway_local.system import LocalSystem, Options

SIZES, ROUNDS, PAGE = (100, 10_000, 100_000), 5, 20
Asked = Callable[[Client, str], object]
REQUESTS: Mapping[str, Asked] = {
    "GET /workflows": lambda client, _id: client.get("/workflows", limit=PAGE),
    "GET /workflows?status=": lambda client, _id: client.get(
        "/workflows", limit=PAGE, status="COMPLETED"
    ),
    "GET /workflows/{id}": lambda client, of: client.get(f"/workflows/{of}"),
    "GET …/timeline": lambda client, of: client.get(f"/workflows/{of}/timeline"),
    "POST …/replay": lambda client, of: client.post(f"/workflows/{of}/replay", {}),
}


@dataclass
class Cost:
    """Of one request."""

    calls: int = 0
    items: int = 0
    cpu_s: float = 0.0

    def __str__(self) -> str:
        return f"{self.calls} · {self.items} · {self.cpu_s * 1000:.1f} ms"


def measure_growth() -> None:
    found = {size: _measured(size) for size in SIZES}
    rows = [(name, *(str(found[size][name]) for size in SIZES)) for name in REQUESTS]
    headings = ("calls · items read · processor", *(f"{size:,} items" for size in SIZES))
    show(f"A request as the tables grow (pages of {PAGE}, medians of {ROUNDS})", headings, rows)


def _measured(size: int) -> dict[str, Cost]:
    with TemporaryDirectory() as state:
        workflows = _filled(Path(state), size)
        settings, options = Settings(state=state), Options(rehearsal=IN_MEMORY)
        with counted() as cost, LocalSystem(settings, options) as system:
            client = Client(system.url, system.token)
            newest = str(client.get("/workflows", limit=1)["items"][0]["workflow_id"])
            costs = {
                name: _median(cost, system, client, newest, ask) for name, ask in REQUESTS.items()
            }
            wall = time.perf_counter()
            if size == SIZES[1]:
                _rebuilt(client, workflows, wall)
            client.close()
    return costs


def _rebuilt(client: Client, workflows: int, began: float) -> None:
    while not client.post("/rebuild", {}, within_s=600)["done"]:
        pass
    took_s = time.perf_counter() - began - 2 * NOTICED_WITHIN_S
    say(f"rebuild of {workflows} workflows: {took_s:.1f} s, and the wait for readers")


def _filled(state: Path, size: int) -> int:
    """How many workflows have so many items in the two tables together."""
    with TemporaryDirectory() as probe:
        fill(Path(probe), 1)
        kept = sqlite3.connect(Path(probe, NAME))
        ((items,),) = kept.execute("SELECT count(*) FROM items").fetchall()
        kept.close()
    workflows = max(1, size // int(items))
    fill(state, workflows)
    return workflows


def _median(cost: Cost, system: LocalSystem, client: Client, workflow_id: str, ask: Asked) -> Cost:
    seen = []
    for _ in range(ROUNDS):
        cost.calls, cost.items, cost.cpu_s = 0, 0, 0.0
        ask(client, workflow_id)
        seen.append(Cost(cost.calls, cost.items, cost.cpu_s))
        system.wait_idle()
    return Cost(seen[-1].calls, seen[-1].items, median(each.cpu_s for each in seen))


@contextmanager
def counted() -> Iterator[Cost]:
    """Enter before the system is started."""
    cost, here = Cost(), threading.local()
    invoke: Any = Functions.invoke
    call: Any = BaseClient._make_api_call  # type: ignore[attr-defined]

    def called(client: Any, operation: str, parameters: Any) -> Any:
        """Only of a thread in which a function runs: the local system has calls of its own."""
        began = time.thread_time()
        answer = call(client, operation, parameters)
        if hasattr(here, "inside_s"):
            here.inside_s += time.thread_time() - began
            cost.calls += 1
            cost.items += _items(answer)
        return answer

    def invoked(functions: Functions, name: str, payload: JsonText) -> Answer:
        here.inside_s, began = 0.0, time.thread_time()
        answer: Answer = invoke(functions, name, payload)
        cost.cpu_s += time.thread_time() - began - here.inside_s
        del here.inside_s
        return answer

    with replaced(BaseClient, "_make_api_call", called), replaced(Functions, "invoke", invoked):
        yield cost


def _items(answer: Mapping[str, Any]) -> int:
    if "ScannedCount" in answer:
        return int(answer["ScannedCount"])
    return sum(len(items) for items in answer.get("Responses", {}).values()) or int(
        "Item" in answer
    )
