"""Restore what an earlier process left: first its state, then its interrupted work.

Import it only inside `local_aws()`, because it imports moto.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from slipway_local.glue.kept_executions import publish_aborted, restore_executions
from slipway_local.glue.kept_objects import restore_objects
from slipway_local.glue.kept_queues import restore_queues
from slipway_local.glue.kept_tables import restore_tables
from slipway_local.glue.step_functions_status import PutEvent, status_event
from slipway_local.kept.store import Kept
from slipway_local.template.model import System

DAY_S = 24 * 3600


@dataclass(frozen=True)
class Past:
    """`died` are the executions that were running when the process ended."""

    died: list[Any]
    queues: list[str]
    kept: Kept

    def go_on(self, put_event: PutEvent, message_arrived: Callable[[str], None]) -> None:
        """Call once everything that delivers events and messages is running."""
        publish_aborted(
            self.died,
            lambda execution: put_event(status_event(execution, execution.status)),
            self.kept.executions,
        )
        for queue in self.queues:
            message_arrived(queue)


def restored(system: System, kept: Kept, *, reading: bool) -> Past:
    """Call once the resources exist and are still empty. `reading` expires nothing."""
    if not reading:
        _expire(system, kept)
    restore_tables(kept.tables)
    restore_objects(kept.objects)
    return Past(restore_executions(kept.executions), restore_queues(kept.messages), kept)


def _expire(system: System, kept: Kept) -> None:
    now = time.time()
    for table in system.tables:
        if table.ttl_attribute:
            kept.tables.expire(table.name, table.ttl_attribute, now)
    for bucket in system.buckets:
        for prefix, days in bucket.expiring.items():
            kept.objects.expire(bucket.name, prefix, now - days * DAY_S)
