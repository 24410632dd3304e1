"""Measure, and assert nothing: `python -m tests.bench [PART…]`.

Parts: help, boot, bus, storage, throughput, crowd, growth, overhead, cases.
"""

import os
import sys
from collections.abc import Callable

from tests.bench.buses import measure_bus
from tests.bench.cases import compare
from tests.bench.comparing import measure_overhead
from tests.bench.crowd import measure_crowd
from tests.bench.figures import say
from tests.bench.growth import measure_growth
from tests.bench.starting import measure_boot, measure_help
from tests.bench.storage import measure_storage
from tests.bench.throughput import measure_throughput

PARTS: dict[str, Callable[[], None]] = {
    "help": measure_help,
    "boot": measure_boot,
    "bus": measure_bus,
    "storage": measure_storage,
    "throughput": measure_throughput,
    "crowd": measure_crowd,
    "growth": measure_growth,
    "overhead": measure_overhead,
    "cases": compare,
}


def main(wanted: list[str]) -> int:
    if unknown := set(wanted) - PARTS.keys():
        say(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
        return 2
    busy = os.getloadavg()[0]
    say(f"{os.cpu_count()} processors, load {busy:.1f} before the first measurement")
    for name in wanted or PARTS:
        PARTS[name]()
    say(f"\nload {os.getloadavg()[0]:.1f} after the last one")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
