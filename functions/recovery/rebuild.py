"""Rebuild the inactive read table from the events, then switch to it; each call does a part."""

import time
from collections.abc import Callable

from slipway.accounts.store import Accounts
from slipway.buses import command
from slipway.cqrs import answers
from slipway.cqrs.account_views import AccountViews
from slipway.cqrs.generations import Generation, Phase
from slipway.cqrs.problem import Refused
from slipway.cqrs.read_tables import ReadTables
from slipway.cqrs.rebuild import AllSubjects, Rebuild
from slipway.cqrs.request import Call
from slipway.cqrs.views import Outdated, RebuildableViews
from slipway.messages.maintenance import RebuildProgress, RebuildReadTable
from slipway.saga.store import Store
from slipway.wiring import (
    account_tables,
    accounts,
    claims,
    everything,
    pause,
    read_tables,
    store,
)

_WORKS_FOR_S = 15.0
"""API Gateway times out after 30 seconds."""


def rebuild(
    _order: RebuildReadTable,
    _call: Call,
    *,
    events: Store,
    accounts: Accounts,
    everything: AllSubjects,
    tables: ReadTables[RebuildableViews],
    account_tables: ReadTables[AccountViews],
    pause: Callable[[float], None],
) -> RebuildProgress:
    """Any Idempotency-Key, new or repeated, continues the rebuild that is under way.

    After the end a call begins another one, which costs time and does not change what is shown.
    Raises Refused("rebuild_under_way"), Rejected or Unavailable.
    """
    ends_at_s = time.monotonic() + _WORKS_FOR_S
    work = Rebuild(events, accounts, everything, tables, account_tables, pause)
    try:
        return _progress(work.go_on(lambda: time.monotonic() < ends_at_s))
    except Outdated:
        raise Refused(
            "rebuild_under_way",
            "another rebuild is in progress",
            fix="retry in a minute",
        ) from None


def _progress(at: Generation) -> RebuildProgress:
    return RebuildProgress(
        phase=at.phase.value,
        active=at.active.value,
        workflows=at.workflows,
        done=at.phase is Phase.SERVING,
    )


handler = command(
    rebuild,
    RebuildReadTable,
    answers.ok,
    scope="workflows:operate",
    claims=claims,
    events=store,
    accounts=accounts,
    everything=everything,
    tables=read_tables,
    account_tables=account_tables,
    pause=pause,
)
