"""How often a step talks to the tables and to the bucket."""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from typing import Any

from botocore.client import BaseClient
from tests.bench.asking import APPS, ask, completed
from tests.bench.figures import show
from tests.bench.starting import rehearsing

from slipway_local.cli.client import Client
from slipway_local.functions.invocation import Answer, JsonText
from slipway_local.functions.service import Functions, name_of
from slipway_local.glue.patching import replaced

_SUFFIX = "Execute"
_step: ContextVar[str | None] = ContextVar("step", default=None)

Calls = Counter[tuple[str, str]]
"""By function and service."""


def measure_storage() -> None:
    with counted() as calls, rehearsing() as system:
        client = Client(system.url, system.token)
        completed(system, client, ask(client, APPS / "flask", "bench-storage"))
        client.close()
    steps = list(dict.fromkeys(function for function, _ in calls if function.endswith(_SUFFIX)))
    rows = [
        (step.removesuffix(_SUFFIX), str(calls[step, "DynamoDB"]), str(calls[step, "S3"]))
        for step in steps
    ]
    most = max(calls[step, "DynamoDB"] for step in steps)
    title = f"Storage calls per step: {most} of the tables at most (target: 3)"
    show(title, ("step", "tables", "bucket"), rows)


@contextmanager
def counted() -> Iterator[Calls]:
    """Calls of AWS made inside each function, from now on."""
    calls: Calls = Counter()
    invoke, call = Functions.invoke, BaseClient._make_api_call  # type: ignore[attr-defined]

    def invoked(functions: Functions, name: str, payload: JsonText) -> Answer:
        token = _step.set(name_of(name))
        try:
            return invoke(functions, name, payload)
        finally:
            _step.reset(token)

    def called(client: Any, operation: str, parameters: Any) -> Any:
        if function := _step.get():
            calls[function, client.meta.service_model.service_id] += 1
        return call(client, operation, parameters)

    with ExitStack() as stack:
        stack.enter_context(replaced(Functions, "invoke", invoked))
        stack.enter_context(replaced(BaseClient, "_make_api_call", called))
        yield calls
