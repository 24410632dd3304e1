"""What several files of faults play on."""

from collections.abc import Iterator

import pytest
from tests.faults.pipeline_on_machine import MACHINES


@pytest.fixture(scope="module")
def machines() -> Iterator[None]:
    """The local AWS on which `pipeline_on_machine.GROUND` is driven."""
    with MACHINES.running():
        yield
