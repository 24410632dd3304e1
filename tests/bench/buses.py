"""What a bus costs: a function that does nothing, called bare and with all that is around it."""

import io
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, redirect_stdout
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests.bench.figures import show

from slipway.adapters.metrics import EmbeddedMetrics
from slipway.cqrs import COMMAND, Call, CommandBus, Middleware, audit, metrics
from slipway.cqrs.middleware import authorization, harmless, idempotency, retry, validation
from slipway.messages.commands import CancelWorkflow
from slipway.messages.views import Accepted
from slipway_local.functions.logs import Logs
from slipway_local.functions.records import recorded

_ROUNDS, _CALLS = 15, 1000
_CALL = Call("anna")
_COMMAND = CancelWorkflow(workflow_id="wf_benchbench", reason="measured")
_ANSWER = Accepted(workflow_id="wf_benchbench", version=2)
_MIDDLEWARE = (authorization, validation, retry(lambda: time.sleep, harmless), idempotency)


def measure_bus() -> None:
    """In turn, so that a busy moment of the machine touches all of them. Without a key."""
    meter = EmbeddedMetrics("Bench", "bench")
    audited, full = (audit(COMMAND),), (audit(COMMAND), metrics(COMMAND, lambda: meter))
    cases: dict[str, Callable[[], object]] = {
        "everything: audit logged as JSON, metrics": _sending(_MIDDLEWARE, full),
        "without metrics": _sending(_MIDDLEWARE, audited),
        "middleware alone": _sending(_MIDDLEWARE, ()),
        "a bus without middleware": _sending((), ()),
        "the bare function": lambda: _cancel(_COMMAND, _CALL),
    }
    with _as_a_function():
        found = {name: list[float]() for name in cases}
        for _ in range(_ROUNDS):
            for name, case in cases.items():
                found[name].append(_call_us(case))
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


def _sending(
    middleware: Sequence[Middleware], observers: Sequence[Middleware]
) -> Callable[[], object]:
    bus = CommandBus(middleware, observers)
    bus.register(CancelWorkflow, _cancel)
    return lambda: bus.send(_COMMAND, _CALL)


def _cancel(_command: CancelWorkflow, _call: Call) -> Accepted:
    return _ANSWER


def _call_us(case: Callable[[], object]) -> float:
    """Of processor time: a machine with other work makes a call later, not dearer."""
    begun = time.thread_time()
    for _ in range(_CALLS):
        case()
    return (time.thread_time() - begun) / _CALLS * 1e6


@contextmanager
def _as_a_function() -> Iterator[None]:
    """Records go to a file as JSON, metrics to a standard output that nobody reads."""
    with ExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory())
        stack.enter_context(recorded())
        stack.enter_context(Logs(Path(folder)).of("Bench"))
        stack.enter_context(redirect_stdout(io.StringIO()))
        yield
