"""Anna's account, written and read in memory: what is written is projected at once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from tests.unit.slipway.cqrs.stories import NOON, REQUEST, Reply, ask

from commands import close_session, containerize, open_session, update_config
from queries import get_config, get_session, list_sessions
from slipway import wiring
from slipway.accounts.memory import MemoryAccounts
from slipway.accounts.state import Roster
from slipway.accounts.store import AccountChange
from slipway.adapters.memory.workspace import MemoryWorkspace
from slipway.containerize.target import Target
from slipway.cqrs.account_views import keep
from slipway.cqrs.memory_account_views import MemoryAccountViews
from slipway.messages.events import Event
from slipway.settings import Settings


class Desk(MemoryAccounts):
    """`told` are the events, in order; `now` is set by hand.

    `between` happens once, between somebody's look at the open sessions and their write.
    """

    def __init__(self) -> None:
        super().__init__()
        self.views = MemoryAccountViews()
        self.told: list[Event] = []
        self.now = NOON
        self.between: Callable[[], object] | None = None

    def roster(self, owner: str) -> Roster:
        seen, between = super().roster(owner), self.between
        self.between = None
        if between:
            between()
        return seen

    def record(self, change: AccountChange) -> None:
        super().record(change)
        self.told.append(change.event)
        keep([change.event], self.views)

    def clock(self) -> Any:
        return self.now

    def wait(self, **time: float) -> None:
        self.now += timedelta(**time)

    def open(self, key: str | None = None, owner: str = "anna", **labels: str) -> Reply:
        return self._send(open_session, "POST", {"labels": labels}, key, owner)

    def close(self, session_id: str, owner: str = "anna", key: str | None = None) -> Reply:
        path = {"id": session_id}
        return self._send(close_session, "DELETE", None, key, owner, path=path)

    def listed(self, owner: str = "anna", **query: str) -> Reply:
        return ask(list_sessions.handler, query=query, owner=owner)

    def one(self, session_id: str, owner: str = "anna", **query: str) -> Reply:
        return ask(get_session.handler, path={"id": session_id}, query=query, owner=owner)

    def configure(self, defaults: Any, key: str | None = None, **headers: str) -> Reply:
        body = {"defaults": defaults}
        return self._send(update_config, "PUT", body, key, "anna", headers=headers)

    def configuration(self, owner: str = "anna", **headers: str) -> Reply:
        return ask(get_config.handler, owner=owner, headers=headers)

    def request(self, key: str | None = None, owner: str = "anna", **changes: Any) -> Reply:
        return self._send(containerize, "POST", {**REQUEST, **changes}, key, owner)

    def _send(
        self, room: Any, method: str, body: Any, key: str | None, owner: str, **more: Any
    ) -> Reply:
        given = {"Idempotency-Key": key} if key else {}
        headers = {**more.pop("headers", {}), **given}
        return ask(room.handler, method, body=body, headers=headers, owner=owner, **more)


@contextmanager
def at_the_desk() -> Iterator[Desk]:
    desk = Desk()
    with wiring.use(
        store=desk,
        accounts=desk,
        account_views=desk.views,
        clock=desk.clock,
        workspace=MemoryWorkspace(),
        target=Target("registry.example/apps", ("ghcr.io",)),
        settings=Settings(),
    ):
        yield desk
