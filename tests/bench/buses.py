"""What a bus costs: a function that does nothing, called bare and with all that is around it."""

import io
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from statistics import median

from tests.bench.figures import show

from slipway.adapters.metrics import EmbeddedMetrics
from slipway.cqrs import COMMAND, Call, CommandBus, Middleware, audit, metrics
from slipway.cqrs.middleware import authorization, harmless, idempotency, retry, validation
from slipway.messages.commands import CancelWorkflow
from slipway.messages.views import Accepted

_ROUNDS, _CALLS = 15, 1000
_CALL = Call("anna", scopes=frozenset({"workflows:write"}))
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
    with _dropped_output():
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
        "A command on a bus, in microseconds per call (target: 100 more than the bare function)",
        ("", "median", "from-to", "more than bare"),
        rows,
    )


def _sending(
    middleware: Sequence[Middleware], observers: Sequence[Middleware]
) -> Callable[[], object]:
    bus = CommandBus(middleware, observers)
    bus.register(CancelWorkflow, _cancel, scope="workflows:write")
    return lambda: bus.send(_COMMAND, _CALL)


def _cancel(_command: CancelWorkflow, _call: Call) -> Accepted:
    return _ANSWER


def _call_us(case: Callable[[], object]) -> float:
    begun = time.perf_counter()
    for _ in range(_CALLS):
        case()
    return (time.perf_counter() - begun) / _CALLS * 1e6


@contextmanager
def _dropped_output() -> Iterator[None]:
    """Everything is written, as on Lambda, and nobody reads it."""
    logger, handler = logging.getLogger("slipway.audit"), logging.StreamHandler(io.StringIO())
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s %(caller)s %(command)s"))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        with redirect_stdout(io.StringIO()):
            yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(logging.NOTSET)
