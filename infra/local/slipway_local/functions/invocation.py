"""The types of a function's invocation: its payload and its result."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

JsonText = str | bytes


@dataclass(frozen=True)
class Answer:
    """`payload` is the JSON value that the function returned, or Lambda's description of `error`.

    `error` is the exception's class name, None when the function returned.
    """

    payload: Any
    error: str | None = None

    @property
    def message(self) -> str:
        return f"{self.error}: {self.payload['errorMessage']}" if self.error else ""


Invoke = Callable[[str, JsonText], Answer]
"""Takes a function's name or ARN, with or without a qualifier, and a JSON text."""
