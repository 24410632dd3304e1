"""The parts of a template that the local system needs, as plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Function:
    """`handler` is `package.module.function`, relative to the one code folder."""

    name: str
    arn: str
    handler: str
    timeout_s: float
    memory_mb: int
    environment: Mapping[str, str]


@dataclass(frozen=True)
class Route:
    """`path` is in API Gateway's form: `/workflows/{id}`. A public route requires no token."""

    method: str
    path: str
    function: str
    public: bool = False


@dataclass(frozen=True)
class Source:
    """A stream or a queue that invokes a function."""

    function: str
    batch_size: int
    partial_failures: bool
    filters: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True)
class StreamSource(Source):
    """`retries` None: unlimited. `bisect`: halve a failed batch. `on_failure`: a queue's ARN."""

    table: str = ""
    retries: int | None = None
    bisect: bool = False
    on_failure: str | None = None


@dataclass(frozen=True)
class QueueSource(Source):
    queue: str = ""


@dataclass(frozen=True)
class Target:
    """`given` is sent instead of the event; `transformer` is an InputTransformer."""

    arn: str
    given: str | None = None
    transformer: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Rule:
    """`bus` is a name; a rule has a pattern or a rate, never both."""

    name: str
    targets: Sequence[Target]
    bus: str = "default"
    pattern: Mapping[str, Any] | None = None
    every_s: float | None = None


@dataclass(frozen=True)
class StateMachine:
    name: str
    arn: str
    definition: str


@dataclass(frozen=True)
class Table:
    """`properties` are the parameters of CreateTable."""

    name: str
    properties: Mapping[str, Any]
    ttl_attribute: str | None


@dataclass(frozen=True)
class Queue:
    """`attributes` are those of CreateQueue."""

    name: str
    attributes: Mapping[str, str]


@dataclass(frozen=True)
class Bucket:
    """`expiring` is the number of days after which objects are removed, by prefix."""

    name: str
    versioned: bool
    expiring: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class System:
    functions: list[Function] = field(default_factory=list)
    routes: list[Route] = field(default_factory=list)
    streams: list[StreamSource] = field(default_factory=list)
    queue_sources: list[QueueSource] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    machines: list[StateMachine] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    queues: list[Queue] = field(default_factory=list)
    buckets: list[Bucket] = field(default_factory=list)
    buses: list[str] = field(default_factory=list)

    def environment(self) -> dict[str, str]:
        """Merge the variables of all functions, as they share one process.

        Raises ValueError when two functions set one variable to different values.
        """
        merged: dict[str, str] = {}
        for function in self.functions:
            for key, value in function.environment.items():
                if merged.setdefault(key, value) != value:
                    raise ValueError(
                        f"{function.name} sets {key}={value!r}, another function "
                        f"{merged[key]!r}: put one value into Globals"
                    )
        return merged
