"""Whatever becomes of deliveries, the views are those of a delivery in order and once."""

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.slipway.cqrs.read_side import Flaky, counted_anew, deliver, figures, replayed, shown
from tests.unit.slipway.cqrs.stories import SHOP, requested, run

from slipway.saga.memory import MemoryStore

CAFE = "wf_cafecafecafecafecafecafe"
STORE = MemoryStore()
for name in (SHOP, CAFE):
    requested(STORE, name)
run(STORE, SHOP, failing="push_image")
run(STORE, CAFE)
SHOPS, CAFES = list(STORE.events(SHOP)), list(STORE.events(CAFE))
EVENTS = SHOPS + CAFES
COUNTED = counted_anew(STORE)
LAST = [SHOPS[-1], CAFES[-1]]

troubles = st.lists(st.sampled_from(["none", "lost", "half", "cut off"]), max_size=12)
batches = st.lists(
    st.tuples(st.lists(st.sampled_from(EVENTS), min_size=1, max_size=8), st.integers(1, 3)),
    max_size=12,
)


@settings(deadline=None)
@given(batches, troubles)
def test_repeated_reordered_lost_and_retried_deliveries_end_in_the_same_views(
    deliveries: list[tuple[list[object], int]], troubles: list[str]
) -> None:
    views = Flaky(troubles)

    for events, tries in deliveries:
        deliver(events, STORE, [views], tries)  # type: ignore[arg-type]  # hypothesis knows no Event
    given_up = deliver(LAST, STORE, [views], tries=len(troubles) + 1)

    assert given_up == 0
    assert shown(views, SHOP) == replayed(STORE, SHOP)
    assert shown(views, CAFE) == replayed(STORE, CAFE)
    assert figures(views) == COUNTED


@settings(deadline=None)
@given(batches, troubles)
def test_at_no_moment_does_a_view_show_what_never_was(
    deliveries: list[tuple[list[object], int]], troubles: list[str]
) -> None:
    views = Flaky(troubles)
    versions = {SHOP: 0, CAFE: 0}

    for events, tries in deliveries:
        deliver(events, STORE, [views], tries)  # type: ignore[arg-type]  # hypothesis knows no Event
        for workflow_id, before in versions.items():
            view = views.get(workflow_id)
            now = view.version if view else 0
            assert now >= before
            assert view is None or view == REPLAYS[workflow_id][now - 1]
            versions[workflow_id] = now


def history(workflow_id: str) -> list[object]:
    views, told = Flaky(), []
    for event in STORE.events(workflow_id):
        kept = MemoryStore()
        kept._events[workflow_id] = list(STORE.events(workflow_id))[: event.sequence]
        deliver([event], kept, [views], tries=1)
        told.append(views.get(workflow_id))
    return list(told)


REPLAYS = {SHOP: history(SHOP), CAFE: history(CAFE)}
