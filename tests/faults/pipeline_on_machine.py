"""The ten steps on the state machine that is rendered from PLAN, version 1 of the shop serving."""

from tests.faults.on_state_machine import StateMachines
from tests.faults.pipelines import subject

from slipway.saga.testing import Cell
from slipway.saga.testing.cells import Ground

MACHINES = StateMachines()
GROUND = Ground(subject("older", drive=MACHINES.drive))


def is_of_a_step(cell: Cell) -> bool:
    """Each call of each port inside a step is played in this process: the machine sees none."""
    return "-call-" not in str(cell)
