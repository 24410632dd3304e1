"""`slipway up`: the local system until Ctrl-C."""

import signal
import threading

from slipway_local.cli.client import Client
from slipway_local.cli.connection import read_settings, started, tell_start
from slipway_local.cli.exits import Exit
from slipway_local.cli.output import Output
from slipway_local.system import LocalSystem, Options

_OPEN = ("REQUESTED", "RUNNING")
_END_WITHIN_S = 300


def up(port: int, output: Output) -> Exit:
    """Ends on Ctrl-C and on SIGTERM."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    with started(read_settings(), Options(port=port)) as system:
        tell_start(system, output)
        told = {"url": system.url, "rehearsal": bool(system.rehearsal)}
        output.show(told, f"Slipway is at {system.url}; Ctrl-C ends it")
        output.result.file.flush()
        try:
            stop.wait()
        except KeyboardInterrupt:
            stop.set()
        return _ended(system, output)


def _ended(system: LocalSystem, output: Output) -> Exit:
    """What is on its way is undone first: nobody would go on with it before the next start."""
    client = Client(system.url, system.token)
    for status in _OPEN:
        for view in client.get("/workflows", status=status, limit=100)["items"]:
            output.note(f"cancelling {view['workflow_id']}")
            client.post(f"/workflows/{view['workflow_id']}/cancel", {"reason": "the system ends"})
    client.close()
    if system.wait_idle(_END_WITHIN_S):
        return Exit.DONE
    output.note(f"workflows were still undoing after {_END_WITHIN_S} s")
    return Exit.LEFTOVERS
