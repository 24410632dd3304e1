"""Measure a program from its start to its end, with the processor time it took."""

import os
import subprocess
import time
from collections.abc import Mapping, Sequence

from tests.bench.figures import Sample


def run(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Sample:
    """Raise CalledProcessError when it fails; what it prints is dropped."""
    begun = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment) as process:
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Sample(wall, used.ru_utime + used.ru_stime)


def interleaved(
    commands: Mapping[str, Sequence[str]], rounds: int, environment: Mapping[str, str] | None = None
) -> dict[str, list[Sample]]:
    """A B C A B C: a busy moment of the machine touches all of them."""
    samples: dict[str, list[Sample]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            samples[name].append(run(command, environment))
    return samples
