"""The exceptions of a step. The state machine matches them by class name: do not rename."""


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


class Undoing(Rejected):
    """The workflow is cancelled, being undone, or was: who started it goes all the way back."""


class Unavailable(StepError):  # noqa: N818  (the state machine knows it by this name)
    """Trying again may help: retry with backoff, then compensate."""


class UndoInFlight(Unavailable):
    """Another execution's undo may still run: wait for its lease, which costs none of the tries."""
