"""Exceptions that code raises on purpose; anything else is a defect.

The state machine matches Rejected and Unavailable by class name: do not rename.
"""

from typing import Any


class StepError(Exception):
    """An expected failure. `code` is stable for programs, `message` and `fix` are for people.

    `clean` means that provably nothing happened outside Slipway: the step is then not compensated.
    """

    def __init__(
        self, code: str, message: str, *, fix: str | None = None, clean: bool = False
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.fix = fix
        self.clean = clean

    def __reduce__(self) -> tuple[object, ...]:
        return _restore, (type(self), self.code, self.message, self.fix, self.clean)


def _restore(
    kind: type[StepError], code: str, message: str, fix: str | None, clean: bool
) -> StepError:
    return kind(code, message, fix=fix, clean=clean)


class Rejected(StepError):  # noqa: N818  (matched by name in the state machine)
    """Permanent failure: a retry cannot succeed, so compensate."""


class Unavailable(StepError):  # noqa: N818  (matched by name in the state machine)
    """Transient failure: retry with backoff, then compensate."""


class Refused(Exception):  # noqa: N818  (named by the condition)
    """A refused request. `field` is what to change; `members` are added to the problem document."""

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        field: str | None = None,
        fix: str | None = None,
        **members: Any,
    ) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.field = field
        self.fix = fix
        self.members = members


class Conflict(Exception):  # noqa: N818  (named by the condition)
    """Another writer changed the record after it was loaded: load it and decide again."""
