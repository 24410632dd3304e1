"""What a bus costs: a function that does nothing, called bare and with all that is around it."""

import io
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, redirect_stdout
from dataclasses import replace
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from pydantic import BaseModel
from tests.bench.figures import show

from slipway.adapters.metrics import EmbeddedMetrics
from slipway.cqrs import COMMAND, Call, CommandBus, Middleware, audit, metrics
from slipway.cqrs.authority import WRITE
from slipway.cqrs.idempotency import inbox_for
from slipway.cqrs.middleware import authorization, idempotency, may_retry_command, retry, validation
from slipway.messages.commands import CancelWorkflow
from slipway.messages.requests import ContainerizeRequest
from slipway.messages.views import Accepted
from slipway.saga.store import Inbox
from slipway_local.functions.logs import Logs
from slipway_local.functions.records import recorded

_ROUNDS, _CALLS, _SLOW_CALLS = 15, 1000, 5
_CALL = Call("anna", scopes=frozenset({WRITE}))
_FIELDS = {"workflow_id": "wf_benchbench", "reason": "measured"}
_COMMAND = CancelWorkflow(workflow_id="wf_benchbench", reason="measured")
_REQUEST = {"source": {"git": {"url": "https://git.example/shop"}}, "app": {"name": "shop"}}
_ANSWER = Accepted(workflow_id="wf_benchbench", version=2)
_MIDDLEWARE = (authorization, validation, retry(lambda: time.sleep, may_retry_command), idempotency)
_SLOW = "a key, of a command that may hold secrets"


class _Remembering:
    """The function, with an inbox in memory."""

    def __init__(self) -> None:
        self._inbox: dict[str, Inbox] = {}

    def remembered(self, key: str) -> Inbox | None:
        return self._inbox.get(key)

    def remember(self, inbox: Inbox) -> None:
        self._inbox[inbox.key] = inbox

    def serve(self, command: BaseModel, call: Call) -> Accepted:
        if inbox := inbox_for(call, command, _ANSWER):
            self.remember(inbox)
        return _ANSWER


def measure_bus() -> None:
    """In turn, so that a busy moment of the machine touches all of them."""
    cases = _cases()
    with _as_a_function():
        found = {name: list[float]() for name in cases}
        for _ in range(_ROUNDS):
            for name, case in cases.items():
                found[name].append(_call_us(case, _SLOW_CALLS if name == _SLOW else _CALLS))
    base = median(found["the bare function"])
    rows = [
        (name, f"{median(us):.1f}", f"{min(us):.1f}-{max(us):.1f}", f"{median(us) - base:.1f}")
        for name, us in found.items()
    ]
    show(
        "A command on a bus, in microseconds of the processor (target: 100 more than bare)",
        ("", "median", "from-to", "more than bare"),
        rows,
    )


def _cases() -> dict[str, Callable[[], object]]:
    """With everything: fields to check, a scope, audit logged as JSON, metrics."""
    meter = EmbeddedMetrics("Bench", "bench")
    audited, full = (audit(COMMAND),), (audit(COMMAND), metrics(COMMAND, lambda: meter))
    everything = _bus(_MIDDLEWARE, full)
    new = (replace(_CALL, idempotency_key=f"key-{number}") for number in count())
    again = replace(_CALL, idempotency_key="again")
    return {
        "everything, and a new key": lambda: everything.deliver(CancelWorkflow, _FIELDS, next(new)),
        "everything, and a key that was answered": lambda: everything.deliver(
            CancelWorkflow, _FIELDS, again
        ),
        _SLOW: lambda: everything.deliver(ContainerizeRequest, _REQUEST, next(new)),
        "everything, without a key": lambda: everything.deliver(CancelWorkflow, _FIELDS, _CALL),
        "a message that was checked before": _sending(_MIDDLEWARE, full),
        "that, without metrics": _sending(_MIDDLEWARE, audited),
        "that, middleware alone": _sending(_MIDDLEWARE, ()),
        "a bus without middleware": _sending((), ()),
        "the bare function": lambda: _cancel(_COMMAND, _CALL),
    }


def _bus(middleware: Sequence[Middleware], observers: Sequence[Middleware]) -> CommandBus:
    bus, function = CommandBus(middleware, observers), _Remembering()
    for message in (CancelWorkflow, ContainerizeRequest):
        bus.register(message, function.serve, scope=WRITE, inbox=lambda: function)
    return bus


def _sending(
    middleware: Sequence[Middleware], observers: Sequence[Middleware]
) -> Callable[[], object]:
    bus = _bus(middleware, observers)
    return lambda: bus.send(_COMMAND, _CALL)


def _cancel(_command: CancelWorkflow, _call: Call) -> Accepted:
    return _ANSWER


def _call_us(case: Callable[[], object], calls: int) -> float:
    """Of processor time: a machine with other work makes a call later, not dearer."""
    begun = time.thread_time()
    for _ in range(calls):
        case()
    return (time.thread_time() - begun) / calls * 1e6


@contextmanager
def _as_a_function() -> Iterator[None]:
    """Records go to a file as JSON, metrics to a standard output that nobody reads."""
    with ExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory())
        stack.enter_context(recorded())
        stack.enter_context(Logs(Path(folder)).of("Bench"))
        stack.enter_context(redirect_stdout(io.StringIO()))
        yield
