"""The plan and the steps' files agree."""

import pytest
from tests.faults.rig import BEHAVIOURS

from steps import PLAN

_PERMITTED = {
    "source": "source",
    "workspace": "workspace",
    "engine": "engine",
    "registry": "registry",
    "credentials": "registry",
    "scanner": "scanner",
    "cluster": "cluster",
}


@pytest.mark.parametrize("step", [step.name for step in PLAN])
def test_a_step_needs_the_ports_that_its_file_binds(step: str) -> None:
    bound = {_PERMITTED[port] for port in BEHAVIOURS[step].ports if port in _PERMITTED}

    assert bound - set(PLAN[step].needs) == set()


def test_only_the_scan_is_kept_and_every_step_has_an_undo() -> None:
    assert [step.name for step in PLAN if step.irreversible] == ["scan_image"]
    assert list(BEHAVIOURS) == [step.name for step in PLAN]
