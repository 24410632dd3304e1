"""A message on its way to its handler, and the shape of everything that it passes."""

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
        """The answer that a command with this idempotency key was given."""
        ...

    def remember(self, inbox: Inbox) -> None:
        """Alone, where nothing was changed. Raises Conflict when the key has been used."""
        ...


class Claims(Protocol):
    def claim(self, inbox: Inbox) -> Inbox:
        """Puts it, unless one with its key stands; answers the one that stands then.

        Of several at once, one has put its own. Raises Unavailable.
        """
        ...


@dataclass(frozen=True)
class Route:
    """What is declared beside a handler.

    `scope` is what a caller needs; `ports` are providers, called for every message. A command with
    an `inbox` is answered once for every idempotency key, with what its function says it returns.
    One with `claims` has its key for itself before it acts, and acts again whenever it is sent
    with it: its function sees to it that this does no harm. A `conditional` one obeys If-Match.
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
        """What is sent again with its idempotency key has no second effect."""
        return bool(self.inbox or self.claims)

    @cached_property
    def answers(self) -> TypeAdapter[Any]:
        """Of what its function says that it returns."""
        return TypeAdapter(get_type_hints(self.function)["return"])


@dataclass(frozen=True)
class Delivery:
    """`message` may be the fields of one, which nobody has checked yet."""

    route: Route
    message: BaseModel | Mapping[str, Any]
    call: Call

    def checked(self) -> BaseModel:
        """The message. Raises pydantic's ValidationError when it is none."""
        if isinstance(self.message, BaseModel):
            return self.message
        return self.route.message.model_validate(self.message)

    def of(self, message: BaseModel) -> "Delivery":
        return replace(self, message=message)


Handler: TypeAlias = Callable[[Delivery], Result[Any]]
Middleware: TypeAlias = Callable[[Handler], Handler]


def attempt(name: str, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Result[T]:
    """Whatever it raises is an Err; a defect is logged here, once, under the name."""
    try:
        return Ok(function(*args, **kwargs))
    except Known as error:
        return Err(error)
    except Exception as error:  # noqa: BLE001  (the last place where a caller can be told)
        _log.exception("defect", extra={"function": name})
        return Err(error)


def guarded(handler: Handler) -> Handler:
    """What it raises is its answer."""

    def handle(delivery: Delivery) -> Result[Any]:
        outcome = attempt(delivery.route.name, handler, delivery)
        return outcome if isinstance(outcome, Err) else outcome.value

    return handle


def serve(delivery: Delivery) -> Result[Any]:
    """The innermost handler: calls the function with its ports."""
    ports = {name: provide() for name, provide in delivery.route.ports.items()}
    return Ok(delivery.route.function(delivery.checked(), delivery.call, **ports))
