"""The functions behind the final states of a saga: complete, settle, and parking."""

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
"""Takes the step's name, the workflow's id and the execution's name; returns the decision.

None if there was none.
"""


def endings(
    plan: Plan,
    store: Store,
    inspectors: Callable[[], Sequence[Inspector]],
    now: Callable[[], datetime],
) -> Mapping[str, Ending]:
    """Ending functions keyed by state name. Inspectors are built lazily."""
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
        """Same endings as the deployed Lambdas."""
        return cls(**endings(plan, store, lambda: inspectors, now), park=park)
