"""The read table and its stand-in in memory keep the same promises."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from tests.integration.slipway.cqrs.aws import aws, client, make_table

from slipway.adapters.dynamodb_rebuild import RebuildableDynamoDbViews
from slipway.adapters.dynamodb_views import DynamoDbViews
from slipway.cqrs.memory_views import MemoryViews
from slipway.cqrs.views import HistorySelection, Outdated, RebuildableViews, Selection, Views
from slipway.messages.timelines import HistoryItem
from slipway.messages.views import WorkflowView
from slipway.saga.errors import Rejected

NOON = datetime.fromisoformat("2030-03-01T12:00:00Z")


@pytest.fixture(params=["memory", "dynamodb"])
def views(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[RebuildableViews]:
    if request.param == "memory":
        yield MemoryViews()
        return
    with aws(monkeypatch):
        yield RebuildableDynamoDbViews(make_table("ReadTable", "read"), "read")


def view(
    number: int,
    *,
    version: int = 1,
    owner: str = "anna",
    status: str = "RUNNING",
    session: str | None = None,
    at: datetime | None = None,
    request: Any = None,
) -> WorkflowView:
    return WorkflowView(
        workflow_id=f"wf_number{number:03d}",
        status=status,
        version=version,
        definition_version="1",
        rehearsal=False,
        owner=owner,
        request=request or {"session_id": session},
        created_at=at or NOON + timedelta(minutes=number),
        updated_at=NOON,
    )


def line(sequence: int) -> HistoryItem:
    return HistoryItem(sequence=sequence, type="slipway.step.started", time=NOON, step="build")


def found(views: Views, selection: Selection) -> list[int]:
    numbers: list[int] = []
    while True:
        page = views.select(selection)
        numbers += [int(view.workflow_id[-3:]) for view in page.views]
        if page.position is None:
            return numbers
        selection = Selection(**{**vars(selection), "after": page.position})


def test_a_view_is_read_as_it_was_written_and_the_newest_replaces_it(views: Views) -> None:
    views.save(view(1), [line(1)], replaces=0)
    views.save(view(1, version=3, status="COMPLETED"), [line(2), line(3)], replaces=1)

    assert views.get("wf_number001") == view(1, version=3, status="COMPLETED")
    assert views.timeline("wf_number001") == [line(n).line for n in (1, 2, 3)]
    assert views.get("wf_number002") is None
    assert list(views.timeline("wf_number002")) == []


@pytest.mark.parametrize("replaces", [0, 1, 3])
def test_who_knows_another_version_writes_nothing(views: Views, replaces: int) -> None:
    views.save(view(1, version=2), [], replaces=0)

    with pytest.raises(Outdated):
        views.save(view(1, version=9), [], replaces=replaces)

    assert views.get("wf_number001") == view(1, version=2)


def test_a_rebuild_replaces_what_is_there_but_nothing_newer(views: RebuildableViews) -> None:
    views.save(view(1, version=2, status="PARKED"), [line(1)], replaces=0)
    views.save(view(2, version=3), [], replaces=0)

    views.replace(view(1, version=2), [line(1), line(2)])
    views.replace(view(2, version=2, status="PARKED"), [])

    assert views.get("wf_number001") == view(1, version=2)
    assert views.timeline("wf_number001") == [line(1).line, line(2).line]
    assert views.get("wf_number002") == view(2, version=3)


def test_a_table_is_cleared_of_everything_piece_by_piece(views: RebuildableViews) -> None:
    for number in range(1, 31):
        views.save(view(number), [line(1)], replaces=0)

    while views.clear():
        pass

    assert found(views, Selection(owner="anna")) == []
    assert list(views.timeline("wf_number001")) == []


def test_a_timeline_of_a_hundred_lines_is_kept_in_order(views: Views) -> None:
    lines = [line(n) for n in range(1, 101)]
    views.save(view(1, version=100), lines, replaces=0)

    assert list(views.timeline("wf_number001")) == [each.line for each in lines]


def history(views: Views, **asked: Any) -> list[int]:
    numbers: list[int] = []
    selection = HistorySelection(owner="anna", workflow_id="wf_number001", **asked)
    while True:
        page = views.history(selection)
        numbers += [item.sequence for item in page.items]
        if page.position is None:
            return numbers
        selection = replace(selection, after=page.position)


def test_a_history_is_one_workflows_own_by_time_in_pages(views: Views) -> None:
    told = [at(n, NOON + timedelta(minutes=n)) for n in range(1, 12)]
    views.save(view(1, version=11), told, replaces=0)
    views.save(view(2), [at(1, NOON)], replaces=0)
    since, until = NOON + timedelta(minutes=3), NOON + timedelta(minutes=9)

    assert views.history(HistorySelection("anna", workflow_id="wf_number001")).items == told
    assert history(views, limit=4) == list(range(1, 12))
    assert history(views, since=since, until=until, limit=4) == [3, 4, 5, 6, 7, 8]
    assert history(views, since=until) == [9, 10, 11]
    assert history(views, until=NOON) == []


def at(sequence: int, time: datetime) -> HistoryItem:
    return line(sequence).model_copy(update={"time": time, "data": {"step": {"name": "build"}}})


def happened(sequence: int, kind: str, day: int, **more: Any) -> HistoryItem:
    time = NOON + timedelta(days=day)
    return HistoryItem(sequence=sequence, type=f"slipway.workflow.{kind}", time=time, **more)


def test_figures_are_the_owners_own_by_day_and_status(views: Views) -> None:
    views.save(view(1), [happened(1, "requested", 0)], replaces=0)
    views.save(view(2), [happened(1, "requested", 1)], replaces=0)
    views.save(view(3, owner="anna#b"), [happened(1, "requested", 0)], replaces=0)
    ended = happened(2, "completed", 1, duration_ms=1500)
    views.save(view(1, version=2, status="COMPLETED"), [ended], replaces=1)
    first, second, third = (date(2030, 3, day) for day in (1, 2, 3))

    now = {("now", "RUNNING"): 1, ("now", "COMPLETED"): 1}
    assert views.figures("anna", first, second) == {**now, ("2030-03-01", "requested"): 1}
    assert views.figures("anna", second, third) == {
        **now,
        ("2030-03-02", "requested"): 1,
        ("2030-03-02", "completed"): 1,
        ("2030-03-02", "completed_ms"): 1500,
    }
    assert views.figures("anna#b", second, third) == {("now", "RUNNING"): 1}
    assert views.figures("clara", first, third) == {}


def test_who_knows_another_version_counts_nothing(views: RebuildableViews) -> None:
    views.save(view(1), [happened(1, "requested", 0)], replaces=0)

    with pytest.raises(Outdated):
        views.save(view(1), [happened(1, "requested", 0)], replaces=0)
    views.replace(view(1), [happened(1, "requested", 0)])

    told = views.figures("anna", date(2030, 3, 1), date(2030, 3, 2))
    assert told == {("now", "RUNNING"): 1, ("2030-03-01", "requested"): 1}


def test_a_table_that_was_cleared_has_no_figures(views: RebuildableViews) -> None:
    views.save(view(1), [happened(1, "requested", 0)], replaces=0)

    while views.clear():
        pass

    assert views.figures("anna", date(2030, 3, 1), date(2030, 3, 2)) == {}


def test_a_list_is_the_owners_own_newest_first_in_pages(views: Views) -> None:
    for number in range(1, 8):
        views.save(view(number), [], replaces=0)
    views.save(view(8, owner="boris"), [], replaces=0)

    assert found(views, Selection(owner="anna", limit=3)) == [7, 6, 5, 4, 3, 2, 1]
    assert found(views, Selection(owner="boris")) == [8]
    assert found(views, Selection(owner="clara")) == []


def test_views_of_the_same_moment_are_all_listed_once(views: Views) -> None:
    for number in range(1, 6):
        views.save(view(number, at=NOON), [], replaces=0)

    assert found(views, Selection(owner="anna", limit=2)) == [5, 4, 3, 2, 1]


def test_a_list_is_narrowed_by_status_session_and_time(views: Views) -> None:
    views.save(view(1, status="COMPLETED", session="s"), [], replaces=0)
    views.save(view(2, session="s"), [], replaces=0)
    views.save(view(3, session="t"), [], replaces=0)
    views.save(view(4, status="COMPLETED"), [], replaces=0)
    start = NOON + timedelta(minutes=2)

    assert found(views, Selection(owner="anna", status="COMPLETED")) == [4, 1]
    assert found(views, Selection(owner="anna", session="s")) == [2, 1]
    assert found(views, Selection(owner="anna", session="s", status="COMPLETED", limit=1)) == [1]
    assert found(views, Selection(owner="anna", since=start)) == [4, 3, 2]
    assert found(views, Selection(owner="anna", until=start)) == [1]
    assert found(views, Selection(owner="anna", since=start, status="RUNNING")) == [3, 2]


def test_a_status_that_changed_is_found_under_the_new_one_only(views: Views) -> None:
    views.save(view(1), [], replaces=0)
    views.save(view(1, version=2, status="COMPLETED"), [], replaces=1)

    assert found(views, Selection(owner="anna", status="RUNNING")) == []
    assert found(views, Selection(owner="anna", status="COMPLETED")) == [1]


def test_no_owner_can_spell_the_key_of_another_one(views: Views) -> None:
    views.save(view(1, owner="a#b", session="c"), [], replaces=0)

    assert found(views, Selection(owner="a", session="b#c")) == []
    assert found(views, Selection(owner="a#b", session="c")) == [1]


def test_a_filter_that_matches_little_still_finds_it(views: Views) -> None:
    for number in range(1, 30):
        status = "PARKED" if number == 1 else "RUNNING"
        views.save(view(number, status=status, session="s"), [], replaces=0)

    assert found(views, Selection(owner="anna", session="s", status="PARKED", limit=1)) == [1]


def test_a_table_that_is_not_there_is_named_with_its_setting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with aws(monkeypatch), pytest.raises(Rejected, match="no_read_table") as refused:
        DynamoDbViews(client("dynamodb"), "nowhere").get("wf_number001")

    assert refused.value.fix == "set SLIPWAY_READ_TABLE to the table of this stack"
