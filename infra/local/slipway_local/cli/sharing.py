"""Share one system between concurrent commands; when its process ends, another takes over."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

from slipway.settings import Settings
from slipway_local.cli.client import Client, Place
from slipway_local.cli.connection import own_system, running_place
from slipway_local.cli.exits import CliError
from slipway_local.cli.output import Output
from slipway_local.cli.worlds import tell_world

_BEGINS_WITHIN_S, _IS_GONE_WITHIN_S, _EVERY_S = 60.0, 3.0, 0.05


@contextmanager
def shared(settings: Settings, output: Output) -> Iterator[Client]:
    """Yield a client of the running system, or of one in this process, with failover.

    All requests that a system accepted are in the state folder, so its successor has them.
    """
    with ExitStack() as stack:

        def successor(gone: Place) -> Place | None:
            if gone.ends_with_us or not _is_gone(settings, gone):
                return None
            output.note("the system of another command has ended; continuing without it")
            return _placed(settings, output, stack)

        place = _placed(settings, output, stack)
        client = Client(
            place.url, place.token, ends_with_us=place.ends_with_us, successor=successor
        )
        with closing(client):
            yield client


def _placed(settings: Settings, output: Output, stack: ExitStack) -> Place:
    """Use the running system or start one; if another command wins the lock, use its system."""
    end = time.monotonic() + _BEGINS_WITHIN_S
    while True:
        if found := running_place(settings):
            tell_world(found.acts_on, settings, output)
            return found
        try:
            return stack.enter_context(own_system(settings, output))
        except CliError as stop:
            if stop.code != "already_running" or time.monotonic() > end:
                raise


def _is_gone(settings: Settings, place: Place) -> bool:
    """Wait briefly: a killed process closes connections before its folder's lock is released."""
    end = time.monotonic() + _IS_GONE_WITHIN_S
    while running_place(settings) == place:
        if time.monotonic() > end:
            return False
        time.sleep(_EVERY_S)  # another process: poll
    return True
