"""Apply all corrections of moto, in the order in which they depend on each other."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from slipway_local.activity import Activity
from slipway_local.functions.invocation import Invoke
from slipway_local.glue.dynamodb_lock import dynamodb_lock
from slipway_local.glue.dynamodb_queries import dynamodb_queries
from slipway_local.glue.dynamodb_streams import dynamodb_streams
from slipway_local.glue.dynamodb_tokens import dynamodb_tokens
from slipway_local.glue.dynamodb_transactions import dynamodb_transactions
from slipway_local.glue.dynamodb_values import dynamodb_values
from slipway_local.glue.event_bridge import Deliver, event_bridge
from slipway_local.glue.forgotten import forgotten
from slipway_local.glue.kept_executions import kept_executions
from slipway_local.glue.kept_indexes import kept_indexes
from slipway_local.glue.kept_objects import kept_objects
from slipway_local.glue.kept_queues import kept_queues
from slipway_local.glue.kept_tables import Note, TableKeeper, kept_tables
from slipway_local.glue.objects_lock import objects_lock
from slipway_local.glue.queues import queues
from slipway_local.glue.step_functions_end import step_functions_end
from slipway_local.glue.step_functions_lambda import step_functions_lambda
from slipway_local.glue.step_functions_parsing import step_functions_parsing
from slipway_local.glue.step_functions_start import step_functions_start
from slipway_local.glue.step_functions_status import PutEvent, step_functions_status
from slipway_local.glue.step_functions_stop import step_functions_stop
from slipway_local.glue.step_functions_tokens import step_functions_tokens
from slipway_local.glue.step_functions_turns import step_functions_turns
from slipway_local.glue.step_functions_waits import step_functions_waits
from slipway_local.kept.store import Kept
from slipway_local.turns import Turns


@dataclass(frozen=True)
class Hooks:
    """The callbacks of the local AWS into the system around it."""

    invoke: Invoke
    note: Note
    deliver: Deliver
    message_arrived: Callable[[str], None]
    put_event: PutEvent
    activity: Activity
    kept: Kept
    retry_scale: float = 1.0


@contextmanager
def patched(hooks: Hooks) -> Iterator[None]:
    keeper = TableKeeper(hooks.kept.tables, hooks.note)
    turns = Turns()
    patches: list[Any] = [
        forgotten(),
        kept_tables(keeper),
        dynamodb_lock(),
        dynamodb_queries(),
        kept_indexes(hooks.kept.tables),
        dynamodb_values(),
        dynamodb_transactions(),
        dynamodb_tokens(),
        dynamodb_streams(keeper.note),
        event_bridge(hooks.deliver),
        objects_lock(),
        kept_objects(hooks.kept.objects),
        kept_queues(hooks.kept.messages),
        queues(hooks.message_arrived),
        step_functions_parsing(),
        step_functions_waits(hooks.retry_scale),
        step_functions_start(),
        step_functions_turns(turns),
        step_functions_stop(),
        step_functions_lambda(hooks.invoke),
        step_functions_status(hooks.put_event, hooks.activity),
        kept_executions(hooks.kept.executions),
        step_functions_tokens(hooks.activity),
        step_functions_end(turns),
    ]
    with ExitStack() as stack:
        for patch in patches:
            stack.enter_context(patch)
        yield
