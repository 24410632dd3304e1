"""What follows from an event: several handlers of one type, and commands that are sent because."""

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
    """Hands each event to every handler of its type, with the further arguments of `process`.

    An event is told by its class, or by what `type_of` says. One that nobody handles is passed by.
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
        """They are called in the order in which they were registered."""
        self._handlers[kind].append(handler)

    def process(self, event: E, *args: P.args, **kwargs: P.kwargs) -> None:
        """Raises an ExceptionGroup of what went wrong, after all have run: process it again.

        So those that succeeded see the event twice; the failure of one never stops another.
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
    """An event, as far as what follows from it is concerned."""

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
    """A handler of events that sends the commands which `decide` names, for the `caller`.

    They carry on the event's correlation, and the event as their cause. Their keys are made of its
    id and their place: the same event again asks for nothing new where keys are remembered.
    """

    def follow(event: H) -> None:
        """Raises an ExceptionGroup of what may succeed when the event comes again.

        A command that is refused is refused for good, which the bus has on record.
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
    """What is no refusal at all is a defect: the event must not be lost for it."""
    return isinstance(error, Known) and not isinstance(error, Unavailable | Conflict)
