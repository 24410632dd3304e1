"""Preload what the first workflow needs, while its source is being packed and read."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module

from slipway import wiring
from slipway.saga.errors import StepError

_ADAPTERS = ("slipway.adapters.docker_engine", "slipway.adapters.kubernetes_cluster")


@contextmanager
def warmed() -> Iterator[None]:
    """Preload in a thread that ends within the block."""
    thread = threading.Thread(target=_warm, name="warming", daemon=True)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def _warm() -> None:
    with suppress(StepError):  # the step that needs the port reports it
        wiring.build_settings()  # runs pip, npm and Go to find their mirrors
    for adapter in _ADAPTERS:
        import_module(adapter)
    with suppress(StepError):
        wiring.cluster()  # reads the kubeconfig context that is current at the start
