"""The result of a message on a bus: Ok with a value, or Err with an error. Nothing is raised."""

from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

T_co = TypeVar("T_co", covariant=True)
E_co = TypeVar("E_co", bound=Exception, covariant=True)


@dataclass(frozen=True)
class Ok(Generic[T_co]):
    value: T_co


@dataclass(frozen=True)
class Err(Generic[E_co]):
    """`slipway.cqrs.problem` selects what of the error the caller sees."""

    error: E_co


Result: TypeAlias = Ok[T_co] | Err[Exception]
