"""How long the command line and the local system take to be there."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.figures import Row, Sample, show_times
from tests.bench.history import fill
from tests.bench.processes import interleaved

from slipway.settings import Settings
from slipway_local.engines.probe import Rehearsal
from slipway_local.system import LocalSystem, Options

ROUNDS, WORKFLOWS = 7, 1000
IN_MEMORY = Rehearsal(("engine", "registry", "cluster"), ("the bench asks for nothing real",))
_BOOT = """
import os
from slipway.settings import Settings
from slipway_local.system import LocalSystem
with LocalSystem(Settings.read(os.environ)):
    pass
"""


@contextmanager
def rehearsing() -> Iterator[LocalSystem]:
    with TemporaryDirectory() as state:
        settings, options = Settings(state=state), Options(rehearsal=IN_MEMORY)
        with LocalSystem(settings, options) as system:
            yield system


def measure_help() -> None:
    python = sys.executable
    samples = interleaved(
        {
            "slipway --help": (python, "-m", "slipway_local", "--help"),
            "python -c 'import typer'": (python, "-c", "import typer"),
            "python -c pass": (python, "-c", "pass"),
        },
        ROUNDS,
    )
    targets = {"slipway --help": "0.3 s"}
    rows = [Row(name, found, targets.get(name, "")) for name, found in samples.items()]
    show_times("The command line", rows)


def measure_boot() -> None:
    """Cold: a process that starts the system and ends. Warm: once more in the same process."""
    with TemporaryDirectory() as state:
        environment = {**os.environ, "SLIPWAY_STATE": state}
        cold = {
            "a process that boots the system and ends": (sys.executable, "-c", _BOOT),
            "python -c pass": (sys.executable, "-c", "pass"),
        }
        samples = interleaved(cold, ROUNDS, environment)
    _booted()
    rows = [Row(name, found, "3 s" if "boots" in name else "") for name, found in samples.items()]
    rows.insert(1, Row("boot once more in a warm process", [_booted() for _ in range(ROUNDS)]))
    rows.insert(2, _with_a_history())
    show_times("The local system", rows)


def _with_a_history() -> Row:
    with TemporaryDirectory() as state:
        fill(Path(state), WORKFLOWS)
        cold = {"history": (sys.executable, "-c", _BOOT)}
        samples = interleaved(cold, ROUNDS, {**os.environ, "SLIPWAY_STATE": state})
    return Row(f"the same process, {WORKFLOWS} workflows kept", samples["history"], "3 s")


def _booted() -> Sample:
    wall, cpu = time.perf_counter(), time.process_time()
    with rehearsing():
        return Sample(time.perf_counter() - wall, time.process_time() - cpu)
