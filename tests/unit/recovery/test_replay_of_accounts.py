"""What a bus or a table missed of sessions and configurations is told again."""

from collections.abc import Sequence

import pytest
from tests.contract.accounts import HOUR, NOON, a_session

from recovery.replay import AccountReplayer
from slipway.accounts import changes
from slipway.accounts.memory import MemoryAccounts
from slipway.cqrs.dead_letters import Subject
from slipway.cqrs.memory_account_views import MemoryAccountViews
from slipway.messages.events import Event
from slipway.saga.errors import Unavailable
from slipway.saga.store import NotFound

SESSION = Subject("session", "se_teatime")


class Bus:
    def __init__(self, *, away: bool = False) -> None:
        self.taken: list[str] = []
        self._away = away

    def publish(self, events: Sequence[Event]) -> Sequence[Event]:
        if self._away:
            return events
        self.taken += [event.id for event in events]
        return []


@pytest.fixture
def accounts() -> MemoryAccounts:
    """Anna's session was opened, and closed an hour later."""
    accounts = MemoryAccounts()
    opened = changes.opened(accounts.roster("anna"), a_session("teatime"))
    accounts.record(opened)
    accounts.record(changes.closed(accounts.roster("anna"), opened.session, NOON + HOUR))
    return accounts


def test_both_tables_see_a_session_as_it_is_now_and_the_bus_hears_all_of_it(
    accounts: MemoryAccounts,
) -> None:
    tables, bus = (MemoryAccountViews(), MemoryAccountViews()), Bus()

    told = AccountReplayer(accounts, tables, bus).replay(SESSION)

    assert told == 2
    assert bus.taken == ["se_teatime-000001", "se_teatime-000002"]
    for table in tables:
        view = table.session("se_teatime")
        assert view is not None
        assert view.closed_at == NOON + HOUR


def test_a_bus_that_takes_nothing_keeps_the_message_alive_and_the_view_is_there_already(
    accounts: MemoryAccounts,
) -> None:
    table = MemoryAccountViews()

    with pytest.raises(Unavailable):
        AccountReplayer(accounts, [table], Bus(away=True)).replay(SESSION)

    assert table.session("se_teatime") is not None


def test_what_never_was_is_not_found(accounts: MemoryAccounts) -> None:
    with pytest.raises(NotFound):
        AccountReplayer(accounts, [], Bus()).replay(Subject("config", "boris"))
