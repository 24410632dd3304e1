"""The states around the steps: what to do when all is done, undone, or cannot be undone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from slipway.saga import finish
from slipway.saga.finish import Inspector
from slipway.saga.plan import Plan
from slipway.saga.store import Store

Ending = Callable[[str, str], None]
"""Takes the workflow's id and the execution's name."""
Park = Callable[[str, str, str], str | None]
"""Takes the step's name, the workflow's id and the execution's name; answers the decision.

None when none came.
"""


def endings(
    plan: Plan,
    store: Store,
    inspectors: Callable[[], Sequence[Inspector]],
    now: Callable[[], datetime],
) -> Mapping[str, Ending]:
    """By the name of the state. Nobody is built to be asked who is not asked."""
    return {
        "complete": lambda wf, _: finish.complete(plan, store, wf, now),
        "settle": lambda wf, execution: finish.settle(store, wf, inspectors(), now, execution),
        "settle_unverified": lambda wf, execution: finish.settle_unverified(
            store, wf, inspectors(), now, execution
        ),
    }


@dataclass(frozen=True)
class Endings:
    complete: Ending
    settle: Ending
    settle_unverified: Ending
    park: Park

    @classmethod
    def of(
        cls,
        plan: Plan,
        store: Store,
        inspectors: Sequence[Inspector],
        park: Park,
        now: Callable[[], datetime],
    ) -> Self:
        """As the functions of a stack do it."""
        return cls(**endings(plan, store, lambda: inspectors, now), park=park)
