"""Event processor: several handlers per event type, and commands sent in reaction to events."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import replace
from typing import Concatenate, Generic, ParamSpec, Protocol, TypeVar

from pydantic import BaseModel

from slipway.cqrs.bus import CommandBus
from slipway.cqrs.problem import Known
from slipway.cqrs.request import Call
from slipway.cqrs.result import Err
from slipway.errors import Conflict, Unavailable

E = TypeVar("E")
P = ParamSpec("P")


class EventProcessor(Generic[E, P]):
    """Passes each event to every handler of its type, with the further arguments of `process`.

    The type is the event's class, or what `type_of` returns. Events without a handler are ignored.
    """

    def __init__(
        self,
        handlers: Mapping[Hashable, Iterable[Callable[Concatenate[E, P], None]]] | None = None,
        type_of: Callable[[E], Hashable] = type,
    ) -> None:
        self._type_of = type_of
        self._handlers: dict[Hashable, list[Callable[Concatenate[E, P], None]]] = defaultdict(list)
        for kind, given in (handlers or {}).items():
            self._handlers[kind].extend(given)

    def register(self, kind: Hashable, handler: Callable[Concatenate[E, P], None]) -> None:
        """Handlers are called in the order of their registration."""
        self._handlers[kind].append(handler)

    def process(self, event: E, *args: P.args, **kwargs: P.kwargs) -> None:
        """Raises an ExceptionGroup of all failures after every handler ran: process it again.

        Handlers that succeeded then see the event twice; a failure never stops the other handlers.
        """
        kind = self._type_of(event)
        failures: list[Exception] = []
        for handler in self._handlers.get(kind, ()):
            try:
                handler(event, *args, **kwargs)
            except Exception as error:  # noqa: BLE001  (raised below)
                failures.append(error)
        if failures:
            raise ExceptionGroup(f"{len(failures)} handlers of {kind} failed", failures)


class Happened(Protocol):
    """An event, as far as a coordinator needs it."""

    @property
    def id(self) -> str: ...
    @property
    def correlation_id(self) -> str: ...


H = TypeVar("H", bound=Happened)


def coordinator(
    bus: CommandBus,
    decide: Callable[[H], Iterable[BaseModel]],
    caller: Callable[[H], Call],
) -> Callable[[H], None]:
    """Return an event handler that sends the commands which `decide` returns, as the `caller`.

    They carry the event's correlation id, and its id as their causation id. Their idempotency keys
    are made of its id and their position: where keys are stored, a redelivery has no second effect.
    """

    def follow(event: H) -> None:
        """Raises an ExceptionGroup of the failures that a redelivery of the event may resolve.

        A refused command is refused for good; the bus has audited it.
        """
        failures: list[Exception] = []
        for number, command in enumerate(decide(event), start=1):
            call = replace(
                caller(event),
                idempotency_key=f"{event.id}/{number}",
                correlation_id=event.correlation_id,
                causation_id=event.id,
            )
            result = bus.send(command, call)
            if isinstance(result, Err) and not _is_final(result.error):
                failures.append(result.error)
        if failures:
            raise ExceptionGroup(f"{len(failures)} commands after {event.id} failed", failures)

    return follow


def _is_final(error: Exception) -> bool:
    """An error that is no refusal is a defect: the event must not be lost because of it."""
    return isinstance(error, Known) and not isinstance(error, Unavailable | Conflict)
