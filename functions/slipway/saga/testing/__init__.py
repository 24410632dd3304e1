"""Fault-injection tests for your own saga: checks the twelve `LAWS` at every step of a plan.

A world is the environment that your steps act on: `ports` are passed to the steps by name, and
`snapshot()` returns the complete state. A step is a tuple of its functions, (do, undo) or
(do, undo, intent), or what `slipway.saga.step` returned for it:

```python
from slipway.saga.testing import laws


class FakeWorld:
    def __init__(self):
        self.shop = Shop(stock=9)
        self.ports = {"shop": self.shop}

    def snapshot(self):
        return self.shop.everything()


STEPS = {"reserve": (reserve, unreserve), "charge": (charge, refund), "ship": (ship, recall)}
test_orders = laws(plan=ORDERS, steps=STEPS, world=FakeWorld, request={"product": "kettle"})
```

pytest collects some hundred cells, each with one fault in one place of the saga, such as
`test_orders[law-03-charge-overtaken-x1-after]`. A failing cell is run again with a snapshot before
and after every call of a step function, and its message names the broken law, the difference, and
the step that caused it or failed to undo it. Snapshots must therefore be copies, not live objects.
A mistake that shows without any fault is reported once, as `law-00-baseline` or by the first cell.

Options of `laws`:

- `laws(3, ...)` selects laws by number.
- `world={"empty": ..., "older": ...}` runs the cells in each of several worlds. Worlds may be real
  services; a new world is created for every cell.
- `inspectors=` are the saga's own inspectors, which report what an undo left behind. By default
  snapshots are compared.
- `drive=` replaces the in-process driver. `slipway_local.testing.StateMachines` drives the same
  cells on Step Functions.

A step that waits is a tuple (do, undo, intent or None, look). `look` is polled until it returns an
Outcome; between polls the optional `meanwhile()` of the world advances the outside work. Faults are
injected into every poll too, on either driver.

Not covered: retries of steps to which the plan gives none, and undoing what retired steps once did.

`slipway.saga.testing.sequences` generates random sequences of commands, faults and time with
Hypothesis. `pytest_plugins = ["slipway.saga.testing.summary"]` in the root conftest.py sums up the
cells and their most frequent findings; pytest truncates the lines of its own summary.
"""

from slipway.saga.testing.cells import Cell
from slipway.saga.testing.faults import Died, Fault, Killed, StorageFault
from slipway.saga.testing.judgement import LawBroken
from slipway.saga.testing.laws import Property, laws, laws_of
from slipway.saga.testing.matrix import LAWS, matrix
from slipway.saga.testing.saboteur import Saboteur
from slipway.saga.testing.subject import Driver, Subject, World
from slipway.saga.testing.trial import Trial
from slipway.saga.testing.witness import Witness

__all__ = [
    "LAWS",
    "Cell",
    "Died",
    "Driver",
    "Fault",
    "Killed",
    "LawBroken",
    "Property",
    "Saboteur",
    "StorageFault",
    "Subject",
    "Trial",
    "Witness",
    "World",
    "laws",
    "laws_of",
    "matrix",
]
