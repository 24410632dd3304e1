"""Call handlers as Lambda does: JSON in, JSON out, exceptions reported by class name."""

import importlib
import json
import threading
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from slipway.saga.failures import text_of
from slipway.saga.state import Lease
from slipway_local.functions.context import LambdaContext
from slipway_local.functions.invocation import Answer, JsonText
from slipway_local.functions.logs import Logs
from slipway_local.template.model import Function

Handler = Callable[[Any, LambdaContext], Any]
_UNDO = ".compensate"


class UnknownFunction(LookupError):  # noqa: N818  (named after the condition)
    """The template has no function of this name."""


class Functions:
    """Handlers are imported on their first call."""

    def __init__(self, functions: Iterable[Function], logs: Logs) -> None:
        self._functions = {function.name: function for function in functions}
        self._handlers: dict[str, Handler] = {}
        self._logs = logs
        self._undoing: Counter[str] = Counter()
        self._counting = threading.Lock()

    def holds(self, lease: Lease, _now: datetime) -> bool:
        """Whether the undo that took the lease is still running in this process.

        It need not wait for the lease to expire: the undo of an earlier process died with it.
        """
        return self._undoing[lease.holder] > 0

    def invoke(self, name: str, payload: JsonText) -> Answer:
        """Raises UnknownFunction."""
        function = self._functions.get(name_of(name))
        if function is None:
            raise UnknownFunction(name)
        context = LambdaContext(function.name, function.arn, function.timeout_s, function.memory_mb)
        event = json.loads(payload)
        with self._logs.of(function.name) as log, self._counted(function, event):
            try:
                result = self._handler(function)(event, context)
                return Answer(json.loads(json.dumps(result)))
            except BaseException as error:  # noqa: BLE001  (any exception is the function's result)
                log.write("".join(traceback.format_exception(error)))
                return _failed(error)

    @contextmanager
    def _counted(self, function: Function, event: Any) -> Iterator[None]:
        if not function.handler.endswith(_UNDO):
            yield
            return
        self._count(event["execution"], 1)
        try:
            yield
        finally:
            self._count(event["execution"], -1)

    def _count(self, execution: str, by: int) -> None:
        with self._counting:
            self._undoing[execution] += by
            if not self._undoing[execution]:
                del self._undoing[execution]

    def _handler(self, function: Function) -> Handler:
        if function.name not in self._handlers:
            module, _, attribute = function.handler.rpartition(".")
            self._handlers[function.name] = getattr(importlib.import_module(module), attribute)
        return self._handlers[function.name]


def name_of(name_or_arn: str) -> str:
    """`arn:aws:lambda:region:account:function:Name:alias` → `Name`."""
    parts = name_or_arn.split(":")
    return parts[6] if parts[0] == "arn" else parts[0]


def _failed(error: BaseException) -> Answer:
    name = type(error).__name__
    trace = traceback.format_tb(error.__traceback__)
    return Answer({"errorType": name, "errorMessage": text_of(error), "stackTrace": trace}, name)
