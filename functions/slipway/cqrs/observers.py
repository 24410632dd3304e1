"""Audit log and metrics of every message that arrives, including unreadable ones."""

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from slipway.cqrs.delivery import Delivery, Handler, Middleware
from slipway.cqrs.field_names import name_of_field
from slipway.cqrs.metrics import Measured, Meter
from slipway.cqrs.problem import code_of, field_of
from slipway.cqrs.result import Err, Result

_log = logging.getLogger("slipway.audit")
_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")


@dataclass(frozen=True)
class Kind:
    """The name of a bus's messages, and that of the served outcome, which is logged at `level`."""

    name: str
    served: str
    level: int


COMMAND = Kind("command", "accepted", logging.INFO)
QUERY = Kind("query", "answered", logging.DEBUG)


def audit(kind: Kind) -> Middleware:
    """Log one record per message: caller, ids and outcome, never its content."""
    served, refused = f"{kind.name}_{kind.served}", f"{kind.name}_refused"

    def around(inner: Handler) -> Handler:
        def handle(delivery: Delivery) -> Result[Any]:
            result = inner(delivery)
            failed = isinstance(result, Err)
            level = logging.INFO if failed else kind.level
            if _log.isEnabledFor(level):
                event = refused if failed else served
                _log.log(level, event, extra=_record(kind, delivery, result))
            return result

        return handle

    return around


def metrics(kind: Kind, meter: Callable[[], Meter]) -> Middleware:
    """Outcome and latency of each message: CommandAccepted, CommandRefused and so on."""
    prefix = kind.name.capitalize()
    served, refused = prefix + kind.served.capitalize(), f"{prefix}Refused"

    def around(inner: Handler) -> Handler:
        def handle(delivery: Delivery) -> Result[Any]:
            begun = perf_counter()
            result = inner(delivery)
            latency_ms = (perf_counter() - begun) * 1000
            meter()(
                Measured(refused if isinstance(result, Err) else served, 1, "Count"),
                Measured("Latency", latency_ms, "Milliseconds"),
                of={"Message": delivery.route.name},
            )
            return result

        return handle

    return around


def _record(kind: Kind, delivery: Delivery, result: Result[Any]) -> dict[str, str]:
    call = delivery.call
    fields = {
        kind.name: delivery.route.name,
        "caller": call.owner,
        f"{kind.name}_id": call.id,
        "correlation_id": _correlation(delivery, result),
        "causation_id": call.causation_id,
    }
    if isinstance(result, Err):
        fields["code"] = code_of(result.error)
        fields["field"] = name_of_field(delivery.route.message, field_of(result.error))
    return {name: value for name, value in fields.items() if value is not None}


def _correlation(delivery: Delivery, result: Result[Any]) -> str:
    """The call's correlation id, else the id of the workflow concerned, else the call's id."""
    if delivery.call.correlation_id:
        return delivery.call.correlation_id
    answer = None if isinstance(result, Err) else result.value
    for source in (answer, delivery.message):
        known = source.get("workflow_id") if isinstance(source, Mapping) else None
        known = known or getattr(source, "workflow_id", None)
        if isinstance(known, str) and _ID.fullmatch(known):
            return known
    return delivery.call.id
