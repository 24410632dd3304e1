"""The whole system for a test: everything of the template, with stand-ins for what is outside.

Import `local_system` in a test's conftest. It is started once per module; give `Options` to
`rehearsing` for one of your own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from slipway.settings import Settings
from slipway_local.engines.probe import Rehearsal
from slipway_local.system import LocalSystem, Options

IN_MEMORY = Rehearsal(("engine", "registry", "cluster"), ("a test asks for nothing real",))
FAST = Options(rehearsal=IN_MEMORY, retry_scale=0.001)


@contextmanager
def rehearsing(state: Path, options: Options = FAST) -> Iterator[LocalSystem]:
    """`options.ports` may bring stand-ins of the test's own, by the wiring's names."""
    given = options if options.rehearsal else replace(options, rehearsal=IN_MEMORY)
    with LocalSystem(Settings(state=str(state)), given) as system:
        yield system


@pytest.fixture(scope="module")
def local_system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSystem]:
    with rehearsing(tmp_path_factory.mktemp("state")) as system:
        yield system
