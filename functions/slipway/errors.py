"""What code raises on purpose. Anything else is a defect.

The state machine matches Rejected and Unavailable by class name: do not rename.
"""

from typing import Any


class StepError(Exception):
    """`code` is stable for programs, `message` and `fix` are for people.

    `clean` says that there is proof that nothing happened outside: the step is then not undone.
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


class Rejected(StepError):  # noqa: N818  (the state machine knows it by this name)
    """Trying again cannot help: compensate."""


class Unavailable(StepError):  # noqa: N818  (the state machine knows it by this name)
    """Trying again may help: retry with backoff, then compensate."""


class Refused(Exception):  # noqa: N818  (named by the condition)
    """A request that is not served. `field` is what to change; `members` are told as they are."""

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
    """Somebody else changed it since it was loaded: load again and decide anew."""
