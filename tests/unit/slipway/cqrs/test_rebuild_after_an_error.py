"""A rebuild that failed holds up nobody: the next one goes on where it stopped."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from tests.unit.slipway.cqrs.read_side import AFewAtATime, beside, read_tables
from tests.unit.slipway.cqrs.stories import NOON
from tests.unit.slipway.cqrs.test_rebuild import instantly, to_the_end, two_workflows, work

from slipway.accounts.memory import MemoryAccounts
from slipway.cqrs.generations import Colour, Phase
from slipway.cqrs.memory_views import MemoryViews
from slipway.cqrs.rebuild import Page, Rebuild
from slipway.messages.timelines import HistoryItem
from slipway.messages.views import WorkflowView
from slipway.saga.errors import Unavailable


class BusyOnce(MemoryViews):
    def __init__(self, failure: Exception) -> None:
        super().__init__()
        self._failures = [failure]

    def replace(self, view: WorkflowView, items: Sequence[HistoryItem]) -> None:
        while self._failures:
            raise self._failures.pop()
        super().replace(view, items)


@pytest.mark.parametrize("failure", [Unavailable("read_table_busy", "later"), ValueError("a bug")])
def test_who_met_an_error_holds_up_nobody_and_the_next_one_goes_on_at_once(
    failure: Exception,
) -> None:
    store = two_workflows()
    tables = read_tables(green=BusyOnce(failure))

    with pytest.raises(type(failure)):
        work(store, tables, now=lambda: NOON).go_on(to_the_end)
    stopped = tables.pointer.read()
    ended = work(store, tables, now=lambda: NOON).go_on(to_the_end)

    assert (stopped.phase, stopped.busy_until) == (Phase.FILLING, None)
    assert (ended.phase, ended.active, ended.workflows) == (Phase.SERVING, Colour.GREEN, 2)


def test_an_error_of_one_that_was_overtaken_takes_nothing_from_the_other() -> None:
    store, tables = two_workflows(), read_tables()
    overtaking: Any = work(store, tables, now=lambda: NOON + timedelta(minutes=2))

    class Slow(AFewAtATime):
        def page(self, after: str | None) -> Page:  # noqa: ARG002  (it never gets there)
            overtaking.go_on(to_the_end)
            raise Unavailable("aws_busy", "too late")

    with pytest.raises(Unavailable, match="too late"):
        Rebuild(
            store, MemoryAccounts(), Slow(store), tables, beside(tables), instantly, lambda: NOON
        ).go_on(to_the_end)

    assert tables.pointer.read().phase is Phase.SERVING
