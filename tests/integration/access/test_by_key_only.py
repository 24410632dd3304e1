"""Nothing that a client or the stream waits for goes through a table: every read is by a key.

Each request is made on tables with ten workflows and with two hundred: it costs the same.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from tests.integration.access.calls import Call, recorded
from tests.integration.access.filling import add
from tests.integration.slipway.cqrs.wired import post, wired
from tests.unit.slipway.cqrs.stories import ask, batch, operator

from commands.cancel import handler as cancel
from commands.close_session import handler as close_session
from commands.open_session import handler as open_session
from commands.resolve import handler as resolve
from commands.rollback import handler as rollback
from commands.update_config import handler as update_config
from commands.upload import handler as upload
from queries.get_config import handler as get_config
from queries.get_session import handler as get_session
from queries.get_undo_plan import handler as get_undo_plan
from queries.health import handler as health
from queries.list_sessions import handler as list_sessions
from queries.list_workflows import handler as list_workflows
from queries.statistics import handler as statistics
from queries.workflow_history import handler as workflow_history
from recovery.replay import on_request as replay
from steps import PLAN
from streams.project import handler as project
from streams.relay import handler as relay

BY_KEY = {  # and none else: no Scan, nothing of PartiQL
    "GetItem",
    "BatchGetItem",
    "Query",
    "PutItem",
    "BatchWriteItem",
    "TransactWriteItems",
    "PutEvents",
    "StartExecution",
}
ROOMS = Path(__file__).parents[3] / "functions"
FEW, MANY, PAGE = 10, 200, 5
ME = "wf_memememememememememememe"
MINE = {"id": ME}
FIRST = "wf_firstfirstfirstfirstfir"
SUPERSEDED = "wf_supersededsupersededsup"
"""Both are older than all others, and completed; all others have the target of the second one."""
Request = Callable[[], object]
_mine: dict[str, Any] = {}
"""What the stream tells of my own workflow."""

OF_MINE = (
    "queries.get_receipt",
    "queries.get_timeline",
    "queries.get_undo_plan",
    "queries.get_workflow",
    "queries.workflow_history",
)
"""By their modules: commands and queries that are sent the id of a workflow, and nothing else."""


def of_mine(module: str) -> Request:
    handler = import_module(module).handler
    if module.startswith("queries."):
        return lambda: ask(handler, path=MINE)
    return lambda: ask(handler, "POST", path=MINE, body={})


REQUESTS: Mapping[str, Request] = {
    **{module: of_mine(module) for module in OF_MINE},
    "upload": lambda: ask(upload, "POST", body={}),
    "containerize": lambda: post("new", app={"name": "new"}),
    "containerize again": lambda: post("again", app={"name": "again"}),
    "cancel": lambda: ask(cancel, "POST", path=MINE, body={"reason": "no"}),
    "rollback": lambda: ask(rollback, "POST", path=MINE, body={"reason": "no"}),
    "resolve": lambda: ask(
        resolve,
        "POST",
        path={**MINE, "step": "push_image"},
        body={"decision": "retry"},
        **operator("olga"),
    ),
    "list": lambda: listed(),  # noqa: PLW0108  (defined below)
    "list by status": lambda: listed(status="REQUESTED"),
    "list by session": lambda: listed(session="s"),
    "list by session and status": lambda: listed(session="s", status="REQUESTED"),
    "list by time": lambda: listed(since="2030-01-01T00:00:00Z", until="2031-01-01T00:00:00Z"),
    "list by what matches nothing": lambda: listed(session="s", status="PARKED"),
    "second page": lambda: listed(cursor=listed().json["next_cursor"]),
    "history by time": lambda: ask(
        workflow_history, path=MINE, query={"since": "2030-01-01T00:00:00Z"}
    ),
    "statistics": lambda: ask(statistics, query={"since": "2030-02-25", "until": "2030-03-02"}),
    "undo plan of the oldest": lambda: ask(get_undo_plan, path={"id": FIRST}),
    "undo plan of the superseded": lambda: ask(get_undo_plan, path={"id": SUPERSEDED}),
    "health": lambda: ask(health),
    "project": lambda: project(_mine),
    "relay": lambda: relay(_mine),
    "replay": lambda: ask(replay, "POST", path=MINE, **operator("olga")),
    "open session": lambda: ask(open_session, "POST", body={}),
    "close session": lambda: ask(close_session, "DELETE", path={"id": "se_nosuchsession"}),
    "session": lambda: ask(get_session, path={"id": "se_nosuchsession"}),
    "sessions": lambda: ask(list_sessions),
    "configuration": lambda: ask(get_config),
    "configure": lambda: ask(update_config, "PUT", body={"defaults": {}}),
}


def listed(**query: str) -> Any:
    return ask(list_workflows, query={"limit": str(PAGE), **query})


@contextmanager
def many(workflows: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """All of one owner, in one session and of one status: the worst that an index can meet."""
    # Which table answers is asked by the clock: here once, whoever asks first.
    monkeypatch.setattr("slipway.cqrs.read_tables.NOTICED_WITHIN_S", math.inf)
    with wired(monkeypatch):
        add(FIRST, -2, status="COMPLETED")
        add(SUPERSEDED, -1, app="shop", status="COMPLETED")
        for number in range(workflows - 3):
            add(f"wf_other{number:018d}", number, app="shop")
        _mine["Records"] = batch([add(ME, workflows)])["Records"]
        post("again", app={"name": "again"})
        yield


def calls_of(request: Request) -> list[Call]:
    """Of a request alone: what its own preparation reads is not counted."""
    with recorded() as calls:
        request()
    return [
        call for call in calls if not call.operation.endswith(("Stream", "Streams", "Iterator"))
    ]


@pytest.fixture(scope="module")
def costs() -> Mapping[int, Mapping[str, list[Call]]]:
    """By the number of workflows, and by request."""
    found: dict[int, dict[str, list[Call]]] = {}
    with pytest.MonkeyPatch.context() as patch:
        for workflows in (FEW, MANY):
            with many(workflows, patch):
                found[workflows] = {name: calls_of(each) for name, each in REQUESTS.items()}
    return found


Costs = Mapping[int, Mapping[str, list[Call]]]


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_reads_and_writes_by_key_alone(costs: Costs, name: str) -> None:
    made = costs[MANY][name]

    assert {call.operation for call in made} <= BY_KEY
    assert [call.asked for call in made if call.filters] == []


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_costs_as_much_with_two_hundred_workflows_as_with_ten(
    costs: Costs, name: str
) -> None:
    few, lots = ([(c.operation, c.items) for c in costs[n][name]] for n in (FEW, MANY))

    assert few == lots
    assert sum(items for _, items in lots) <= 2 * (2 * PAGE + len(PLAN.steps) + 5)


def test_a_query_that_can_answer_with_a_page_reads_no_more_than_the_page(costs: Costs) -> None:
    for name in (each for each in REQUESTS if each.startswith("list")):
        queries = [call for call in costs[MANY][name] if call.operation == "Query"]
        assert [call.items <= PAGE for call in queries] == [True], name


def test_every_command_and_query_is_among_the_requests() -> None:
    """A new one has to be listed above, so that it says what it costs."""
    elsewhere = {
        "get_artifact",  # a view, as a receipt, and the bucket
        "plan",  # a configuration, as GET /config, and the source
        "containerize",  # through `post`
    }
    rooms = {
        path.stem for room in ("commands", "queries") for path in (ROOMS / room).glob("[a-z]*")
    }
    asked = Path(__file__).read_text(encoding="utf-8")

    left = {each for each in rooms if not re.search(rf'\.{each}( import|",)', asked)}
    assert left == elsewhere
