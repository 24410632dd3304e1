"""Whatever is opened, closed and waited for: what is open is what a list in a notebook says."""

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from tests.unit.slipway.cqrs.stories import NOON

from slipway.accounts import changes
from slipway.accounts.memory import MemoryAccounts
from slipway.accounts.state import MOST_OPEN, Session, TooManySessions, expiry
from slipway.cqrs.account_views import SessionSelection, keep
from slipway.cqrs.memory_account_views import MemoryAccountViews

ALL = SessionSelection(owner="anna", limit=MOST_OPEN + 1)


class Sittings(RuleBasedStateMachine):
    """The notebook knows when each of the open ones expires."""

    def __init__(self) -> None:
        super().__init__()
        self.accounts, self.views = MemoryAccounts(), MemoryAccountViews()
        self.now, self.count = NOON, 0
        self.notebook: dict[str, Session] = {}

    def still_open(self) -> set[str]:
        return {name for name, each in self.notebook.items() if each.expires_at > self.now}

    @rule(many=st.sampled_from([1, 40, 70]))
    def open(self, many: int) -> None:
        for _ in range(many):
            self.count += 1
            session = Session(
                session_id=f"se_number{self.count:04d}",
                owner="anna",
                created_at=self.now,
                expires_at=expiry(self.now),
            )
            full = len(self.still_open()) == MOST_OPEN
            try:
                change = changes.opened(self.accounts.roster("anna"), session)
            except TooManySessions:
                assert full
                continue
            assert not full
            self.accounts.record(change)
            keep([change.event], self.views)
            self.notebook[session.session_id] = change.session

    @rule(data=st.data())
    def close(self, data: st.DataObject) -> None:
        if names := sorted(self.still_open()):
            session = self.notebook.pop(data.draw(st.sampled_from(names)))
            change = changes.closed(self.accounts.roster("anna"), session, self.now)
            self.accounts.record(change)
            keep([change.event], self.views)

    @rule(hours=st.integers(1, 25))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule()
    def hear_everything_again(self) -> None:
        for number in range(1, self.count + 1):
            for event in self.accounts.events(f"se_number{number:04d}"):
                keep([event], self.views)

    @invariant()
    def what_is_listed_is_open(self) -> None:
        listed = self.views.open_sessions(ALL, self.now).sessions
        assert {each.session_id for each in listed} == self.still_open()


TestSittings = Sittings.TestCase
TestSittings.settings = settings(max_examples=20, stateful_step_count=15, deadline=None)
