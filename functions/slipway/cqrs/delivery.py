"""A message on its way to its handler, and the types of handlers and middleware."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, ParamSpec, Protocol, TypeAlias, TypeVar, get_type_hints

from pydantic import BaseModel, TypeAdapter

from slipway.cqrs.problem import Known
from slipway.cqrs.request import Call
from slipway.cqrs.result import Err, Ok, Result
from slipway.inbox import Inbox

P = ParamSpec("P")
T = TypeVar("T")
_log = logging.getLogger("slipway.cqrs")


class Remembers(Protocol):
    def remembered(self, key: str) -> Inbox | None:
        """The inbox record of a command with this idempotency key."""
        ...

    def remember(self, inbox: Inbox) -> None:
        """Store it without an effect. Raises Conflict when the key has been used."""
        ...


class Claims(Protocol):
    def claim(self, inbox: Inbox) -> Inbox:
        """Store the record unless its key is taken; return the stored one. Raises Unavailable.

        Of several concurrent claims exactly one is stored.
        """
        ...


@dataclass(frozen=True)
class Route:
    """What is declared beside a handler.

    `scope` is what a caller needs; `ports` are providers, called for every message. A command with
    an `inbox` has one answer per idempotency key, of its function's return type. With `claims` the
    key is claimed before the command acts, and the command runs again whenever it is sent: its
    function must be safe to repeat. A `conditional` command evaluates If-Match.
    """

    message: type[BaseModel]
    function: Callable[..., Any]
    scope: str
    ports: Mapping[str, Callable[[], object]] = field(default_factory=dict)
    inbox: Callable[[], Remembers] | None = None
    claims: Callable[[], Claims] | None = None
    conditional: bool = False

    @property
    def name(self) -> str:
        return self.message.__name__

    @property
    def knows_keys(self) -> bool:
        """Whether repeating an idempotency key has no second effect."""
        return bool(self.inbox or self.claims)

    @cached_property
    def answers(self) -> TypeAdapter[Any]:
        """The adapter of the function's return type, which reads stored answers."""
        return TypeAdapter(get_type_hints(self.function)["return"])


def check_answers(route: Route) -> None:
    """Raises TypeError for a function whose return value cannot be stored and read again."""
    hints = get_type_hints(route.function)
    if hints.get("return", type(None)) is type(None):
        name = route.function.__qualname__
        raise TypeError(f"{name}: annotate what it returns; an inbox stores it, and None is none")


@dataclass(frozen=True)
class Delivery:
    """`message` may be a mapping of fields that is not validated yet."""

    route: Route
    message: BaseModel | Mapping[str, Any]
    call: Call

    def checked(self) -> BaseModel:
        """The validated message. Raises pydantic's ValidationError."""
        if isinstance(self.message, BaseModel):
            return self.message
        return self.route.message.model_validate(self.message)

    def of(self, message: BaseModel) -> "Delivery":
        return replace(self, message=message)


Handler: TypeAlias = Callable[[Delivery], Result[Any]]
Middleware: TypeAlias = Callable[[Handler], Handler]


def attempt(name: str, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Result[T]:
    """Return Ok or Err instead of raising; a defect is logged here, once, under the name."""
    try:
        return Ok(function(*args, **kwargs))
    except Known as error:
        return Err(error)
    except Exception as error:  # noqa: BLE001  (the caller gets it as an Err)
        _log.exception("defect", extra={"function": name})
        return Err(error)


def guarded(handler: Handler) -> Handler:
    """Turn an exception of the handler into an Err."""

    def handle(delivery: Delivery) -> Result[Any]:
        outcome = attempt(delivery.route.name, handler, delivery)
        return outcome if isinstance(outcome, Err) else outcome.value

    return handle


def serve(delivery: Delivery) -> Result[Any]:
    """The innermost handler: calls the function with its ports."""
    ports = {name: provide() for name, provide in delivery.route.ports.items()}
    return Ok(delivery.route.function(delivery.checked(), delivery.call, **ports))
