"""`slipway up`: the local system until Ctrl-C."""

import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from slipway_local.cli.client import Client
from slipway_local.cli.connection import leave, read_settings, started, tell_start
from slipway_local.cli.exits import Exit
from slipway_local.cli.interrupts import Interrupts, held_back
from slipway_local.cli.output import Output
from slipway_local.system import LocalSystem, Options

_OPEN = ("REQUESTED", "RUNNING")
_END_WITHIN_S = 300
_EVERY_S = 0.2


def up(port: int, output: Output) -> Exit:
    """Ends on Ctrl-C, SIGTERM and SIGHUP."""
    with held_back() as interrupts, started(read_settings(), Options(port=port)) as system:
        tell_start(system, output)
        told = {"url": system.url, "rehearsal": bool(system.rehearsal)}
        output.show(told, f"Slipway is at {system.url}; Ctrl-C ends it")
        output.result.file.flush()
        while not interrupts.came:
            time.sleep(_EVERY_S)
        return _ended(system, output, interrupts)


def _ended(system: LocalSystem, output: Output, interrupts: Interrupts) -> Exit:
    """What is on its way is undone first: nobody would go on with it before the next start."""
    with suppress(KeyboardInterrupt):
        interrupts.heed()
    client = Client(system.url, system.token)
    for view in _under_way(client):
        output.note(f"cancelling {view['workflow_id']}; Ctrl-C leaves the undo to the next start")
        client.post(f"/workflows/{view['workflow_id']}/cancel", {"reason": "the system ends"})
    client.close()
    for _ in range(int(_END_WITHIN_S / _EVERY_S)):
        if system.wait_idle(_EVERY_S):
            return Exit.DONE
        if interrupts.came:
            break
    return leave()


def _under_way(client: Client) -> Iterator[Mapping[str, Any]]:
    for status in _OPEN:
        yield from client.get("/workflows", status=status, limit=100)["items"]
