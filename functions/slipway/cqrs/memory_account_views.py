"""In-memory account views."""

from datetime import datetime

from slipway.cqrs.account_views import SelectedSessions, SessionSelection, session_position
from slipway.messages.accounts import ConfigView, SessionView


class MemoryAccountViews:
    """Follows the same rules as the DynamoDB table."""

    def __init__(self) -> None:
        self._sessions: dict[str, SessionView] = {}
        self._configs: dict[str, ConfigView] = {}

    def open_sessions(self, selection: SessionSelection, now: datetime) -> SelectedSessions:
        mine = [s for s in self._sessions.values() if s.owner == selection.owner and s.is_open(now)]
        after = selection.after
        found = sorted(
            (s for s in mine if after is None or session_position(s) < after),
            key=session_position,
            reverse=True,
        )
        page = found[: selection.limit]
        return SelectedSessions(
            page, session_position(page[-1]) if len(found) > len(page) else None
        )

    def session(self, session_id: str) -> SessionView | None:
        return self._sessions.get(session_id)

    def config(self, owner: str) -> ConfigView:
        return self._configs.get(owner, ConfigView())

    def keep_session(self, session: SessionView) -> None:
        before = self._sessions.get(session.session_id)
        if before is None or before.version < session.version:
            self._sessions[session.session_id] = session

    def keep_config(self, owner: str, config: ConfigView) -> None:
        if self.config(owner).version < config.version:
            self._configs[owner] = config
