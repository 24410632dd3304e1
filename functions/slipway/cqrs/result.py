"""What comes back over a bus: a value, or an error that could be expected. Nothing is raised."""

from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

T_co = TypeVar("T_co", covariant=True)
E_co = TypeVar("E_co", bound=Exception, covariant=True)


@dataclass(frozen=True)
class Ok(Generic[T_co]):
    value: T_co


@dataclass(frozen=True)
class Err(Generic[E_co]):
    """`slipway.cqrs.problem` tells what of the error is for the caller."""

    error: E_co


Result: TypeAlias = Ok[T_co] | Err[Exception]
