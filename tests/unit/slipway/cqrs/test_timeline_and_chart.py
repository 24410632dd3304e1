"""The timeline tells what happened in words and as a chart."""

from tests.unit.slipway.cqrs.stories import SHOP, requested, run

from slipway.cqrs.memory_views import MemoryViews
from slipway.cqrs.mermaid import gantt
from slipway.cqrs.projection import bring_up_to_date
from slipway.messages.timelines import TimelineItem
from slipway.saga.memory import MemoryStore


def timeline(failing: str | None = None) -> list[TimelineItem]:
    store, views = MemoryStore(), MemoryViews()
    requested(store)
    run(store, failing=failing)
    bring_up_to_date(SHOP, store.events(SHOP), store, views)
    return list(views.timeline(SHOP))


def test_a_failure_is_told_with_its_reason_and_the_end_with_what_is_left() -> None:
    items = timeline(failing="build_image")

    failed = next(i for i in items if i.type == "slipway.step.failed")
    assert (failed.step, failed.message) == ("build_image", "build_image is broken")
    assert items[-1].type == "slipway.workflow.compensated"
    assert items[-1].message == "nothing is left"
    assert items[-1].duration_ms == (items[-1].time - items[0].time).seconds * 1000


def test_the_end_of_a_step_and_of_an_undo_each_tell_how_long_it_took() -> None:
    items = timeline(failing="build_image")

    took = {(i.step, i.type): i.duration_ms for i in items}
    assert took["analyze_repository", "slipway.step.completed"] == 1000
    assert took["analyze_repository", "slipway.step.undone"] == 1000
    assert took["analyze_repository", "slipway.step.started"] is None


def test_the_chart_draws_the_work_and_the_undo_of_a_step_and_its_failure() -> None:
    chart = gantt(SHOP, timeline(failing="generate_dockerfile")).splitlines()

    assert chart[:2] == ["gantt", f"    title {SHOP}"]
    failing = chart.index("    section generate_dockerfile")
    assert chart[failing + 1].startswith("    execute :crit, ")
    assert chart[failing + 2].startswith("    undo :done, ")
    assert chart[-2] == "    section analyze_repository"
