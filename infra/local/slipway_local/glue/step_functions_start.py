"""An execution's name is taken once, whoever asks for it at the same moment.

moto looks for the name and takes it in two moves, so two callers both start one; and it keeps
every thread that it ever started.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moto.stepfunctions.parser import utils
from moto.stepfunctions.parser.models import StepFunctionsParserBackend

from slipway_local.glue.patching import replaced


@contextmanager
def step_functions_start() -> Iterator[None]:
    original = StepFunctionsParserBackend.start_execution
    lock = threading.Lock()

    def start_execution(backend: Any, *given: Any, **named: Any) -> Any:
        with lock:
            utils.TMP_THREADS[:] = [thread for thread in utils.TMP_THREADS if thread.is_alive()]
            return original(backend, *given, **named)

    with replaced(StepFunctionsParserBackend, "start_execution", start_execution):
        yield
