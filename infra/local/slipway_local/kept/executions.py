"""Stored executions of state machines: names stay taken, and those that died are found."""

from dataclasses import astuple, dataclass

from slipway_local.kept.file import KeptFile

RUNNING, ABORTED = "RUNNING", "ABORTED"


@dataclass(frozen=True)
class KeptExecution:
    """Times are seconds since 1970; `input` and `output` JSON texts."""

    arn: str
    machine: str
    name: str
    input: str
    status: str
    started: float
    stopped: float | None = None
    output: str | None = None
    error: str | None = None
    cause: str | None = None


class KeptExecutions:
    def __init__(self, file: KeptFile) -> None:
        self._file = file

    def save(self, execution: KeptExecution) -> None:
        with self._file.change() as file:
            put = "INSERT OR REPLACE INTO executions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            file.execute(put, astuple(execution))

    def all(self) -> list[KeptExecution]:
        found = self._file.rows("SELECT * FROM executions ORDER BY started")
        return [KeptExecution(*row) for row in found]

    def of_status(self, *statuses: str) -> list[KeptExecution]:
        return [each for each in self.all() if each.status in statuses]
