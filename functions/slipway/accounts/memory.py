"""In-memory write table with accounts."""

from collections.abc import Sequence

from slipway.accounts.state import Config, Roster, Session
from slipway.accounts.store import AccountChange, SessionChange
from slipway.messages.events import Event, Kind
from slipway.saga.memory import MemoryStore
from slipway.saga.store import Change, Conflict, SessionNotOpen


class MemoryAccounts(MemoryStore):
    """Follows the same rules as the DynamoDB table, which holds sagas and accounts together."""

    def __init__(self) -> None:
        super().__init__()
        self._sessions: dict[str, Session] = {}
        self._rosters: dict[str, Roster] = {}
        self._configs: dict[str, Config] = {}

    def session(self, session_id: str) -> Session | None:
        with self._guard:
            return self._sessions.get(session_id)

    def roster(self, owner: str) -> Roster:
        with self._guard:
            return self._rosters.get(owner, Roster(owner=owner))

    def config(self, owner: str) -> Config:
        with self._guard:
            return self._configs.get(owner, Config(owner=owner))

    def record(self, change: AccountChange) -> None:
        with self._guard:
            self._check_unused(change.inbox)
            if isinstance(change, SessionChange):
                session, roster = change.session, change.roster
                _check(self._sessions.get(session.session_id), session)
                _check(self._rosters.get(roster.owner), roster)
                self._sessions[session.session_id] = session
                self._rosters[roster.owner] = roster
            else:
                _check(self._configs.get(change.config.owner), change.config)
                self._configs[change.config.owner] = change.config
            self._tell(change.event)
            if change.inbox:
                self._inbox[change.inbox.key] = change.inbox

    def events_of(self, kind: Kind, subject: str) -> Sequence[Event]:
        return [event for event in self.events(subject) if event.kind == kind]

    def _tell(self, event: Event) -> None:
        self._events[event.subject].append(event)

    def _check_session(self, change: Change) -> None:
        if change.within_session is None:
            return
        session = self._sessions.get(change.within_session)
        workflow = change.workflow
        if not (
            session and session.owner == workflow.owner and session.is_open(workflow.created_at)
        ):
            raise SessionNotOpen(change.within_session)


def _check(before: Session | Roster | Config | None, after: Session | Roster | Config) -> None:
    if (before.version if before else 0) != after.version - 1:
        raise Conflict(after)
