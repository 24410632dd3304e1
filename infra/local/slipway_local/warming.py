"""Loads what the first workflow will need while its source is still being packed and read."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module

from slipway import wiring
from slipway.saga.errors import StepError

_ADAPTERS = ("slipway.adapters.docker_engine", "slipway.adapters.kubernetes_cluster")


@contextmanager
def warmed() -> Iterator[None]:
    """Its work ends within the block."""
    thread = threading.Thread(target=_warm, name="warming", daemon=True)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def _warm() -> None:
    with suppress(StepError):  # the step that needs the port says so, with its name
        wiring.build_settings()  # asks pip, npm and Go for their mirrors
    for adapter in _ADAPTERS:
        import_module(adapter)
    with suppress(StepError):
        wiring.cluster()  # of the context that was current at the start, whatever it is later
