"""Proves that a saga keeps the twelve laws: every step by everything that can go wrong.

Ten lines test a saga of your own. A world gives the steps their ports, and a snapshot of all that
is there; a step is its two functions (and its intent, if it notes one), or what `step` made of it:

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

pytest then runs some hundred cells, such as `test_orders[law-03-charge-overtaken-x1-after]`. One
that fails is played once more, with a snapshot before and after all that a step does (snapshots
must be copies), and says which law is broken, what differs, and which step made it or left it. What
is wrong without any fault is told by one cell: `law-00-baseline`, or the first that is played.

`laws(3, ...)` runs one law, and `world={"empty": ..., "older": ...}` each of several worlds.
`inspectors=` are the saga's own, which look for what is left; `drive=` is another driver. Worlds
may be real ones: each cell asks for a new one.

Steps that wait are `(do, undo, None, look)`: they are looked at until `look` answers an Outcome,
and meanwhile the world's `meanwhile()`, if it has one, lets the work outside go on. Every look is a
place for faults too, on either driver. Steps that a plan tries only once have no cell that needs
another try. What a retired step did is undone in no cell: nobody can say what it was.

`sequences` are Hypothesis' state machine over commands, faults and time. The second driver, on Step
Functions, is `slipway_local.testing.StateMachines`.
`pytest_plugins = ["slipway.saga.testing.summary"]` in the topmost conftest sums the cells up, and
tells once what many of them found: the lines of pytest's own summary are cut off.
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
