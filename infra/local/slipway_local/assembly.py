"""Start the parts of the local system, and stop them in reverse order.

Import it only inside `local_aws()`, because it imports moto.
"""

import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from slipway import wiring
from slipway.saga.errors import Unavailable
from slipway_local import resources
from slipway_local.activity import Activity
from slipway_local.aws import Keys
from slipway_local.front.application import Application
from slipway_local.front.guard import Guard
from slipway_local.front.objects import Objects
from slipway_local.front.routes import Routes
from slipway_local.front.server import served
from slipway_local.functions.logs import Logs
from slipway_local.functions.service import Functions
from slipway_local.glue.all import Hooks, patched
from slipway_local.kept.store import Kept
from slipway_local.pollers.all import Pollers
from slipway_local.pollers.retry_while_full import retry_while_full
from slipway_local.restoring import restored
from slipway_local.services import client, publisher
from slipway_local.template.model import System
from slipway_local.warming import warmed


@dataclass(frozen=True)
class Parts:
    """`ports` replace adapters that the wiring would build; `warm` preloads the real ones.

    `reading`: serve the stored state, without continuing any work.
    """

    system: System
    listener: socket.socket
    hosts: frozenset[str]
    token: str
    keys: Keys
    upload_limit_bytes: int
    ports: Mapping[str, object]
    activity: Activity
    logs: Logs
    kept: Kept
    warm: bool
    reading: bool
    retry_scale: float


@contextmanager
def assembled(parts: Parts) -> Iterator[None]:
    functions = Functions(parts.system.functions, parts.logs)
    pollers = Pollers(parts.system, functions.invoke, parts.activity, parts.kept)
    ended, publish = threading.Event(), publisher(client("events"))

    def put_event(event: dict[str, Any]) -> None:
        retry_while_full(partial(publish, event), ended)

    hooks = Hooks(
        functions.invoke,
        pollers.note,
        pollers.deliver,
        pollers.message_arrived,
        put_event,
        parts.activity,
        parts.kept,
        parts.retry_scale,
    )
    with ExitStack() as stack:
        stack.enter_context(
            wiring.use(**{"pause": _pause(ended), "holds": functions.holds, **parts.ports})
        )
        stack.enter_context(patched(hooks))
        stack.callback(ended.set)
        resources.create(parts.system)
        past = restored(parts.system, parts.kept, reading=parts.reading)
        if not parts.reading:
            stack.enter_context(pollers.running())
            past.go_on(put_event, pollers.message_arrived)
        stack.enter_context(served(parts.listener, _application(parts, functions)))
        if parts.warm:
            stack.enter_context(warmed())
        yield


def _application(parts: Parts, functions: Functions) -> Application:
    return Application(
        Routes(parts.system.routes),
        functions.invoke,
        Guard(parts.token, parts.hosts),
        Objects(client("s3"), (parts.keys.key_id, parts.keys.secret), parts.upload_limit_bytes),
        {bucket.name for bucket in parts.system.buckets},
        lambda: parts.kept.file.full_disk,
    )


def _pause(ended: threading.Event) -> Callable[[float], None]:
    """Return a pause for steps that raises Unavailable when the system shuts down."""

    def pause(seconds: float) -> None:
        if ended.wait(seconds):
            raise Unavailable("shutting_down", "the local system is shutting down")

    return pause
