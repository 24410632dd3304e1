"""Retry rules: which errors are retried, how often and with which backoff."""

from collections.abc import Iterator

from slipway.saga.lease import term_of
from slipway.saga.machine.rendering import LAST_WORD, SERVICE_ERRORS
from slipway.saga.machine.states import ALL, Machine, State, retries, state_of, tasks
from slipway.saga.plan import Plan

_MOST_EVENTS = 12_500
"""Half of the events that Step Functions allows in the history of one execution."""
_EVENTS_PER_TRY = 5


def _every_step_is_tried_again(machine: Machine, plan: Plan) -> Iterator[str]:
    """As often as the plan says, and on no error that may be a Rejected or a timeout."""
    for step in plan.forward:
        state = state_of(machine, step.title)
        yield from _tried(step.title, state, "Unavailable", step.retries)
        yield from _nothing_else_is_tried_again(step.title, state)


def _every_undo_is_tried_again(machine: Machine, plan: Plan) -> Iterator[str]:
    """On any error."""
    for step in plan:
        name = f"Undo{step.title}"
        yield from _tried(name, state_of(machine, name), ALL, step.undo_retries)


def _an_undo_outwaits_every_lease(machine: Machine, plan: Plan) -> Iterator[str]:
    """A function may outlive a stopped execution: its undo may run until the lease expires."""
    longest_s = max(term_of(step) for step in plan).total_seconds()
    for step in plan:
        name = f"Undo{step.title}"
        retry = retries(state_of(machine, name), "UndoInFlight")
        waits_s = retry.get("IntervalSeconds", 0) * retry.get("MaxAttempts", 0)
        if retry.get("ErrorEquals") != ["UndoInFlight"] or retry.get("BackoffRate") != 1:
            yield f"{name}: waiting for another undo uses up its own retries"
        elif waits_s <= longest_s:
            yield f"{name}: waits {waits_s} s for another undo, which may take {longest_s:.0f} s"


def _endings_and_parking_are_tried_again(machine: Machine, plan: Plan) -> Iterator[str]:
    for name in ("Complete", "Settle", *(f"Park{step.title}" for step in plan)):
        yield from _tried(name, state_of(machine, name), "Unavailable")
    yield from _tried(LAST_WORD, state_of(machine, LAST_WORD), ALL)


def _a_service_that_stumbles_is_tried_again(machine: Machine, plan: Plan) -> Iterator[str]:
    """In addition to a step's own retries; an undo retries every error anyway."""
    undos = {f"Undo{step.title}" for step in plan}
    for name, state in tasks(machine):
        for error in () if name in undos else SERVICE_ERRORS:
            yield from _tried(name, state, error)


def _history_stays_short(machine: Machine, _plan: Plan) -> Iterator[str]:
    """Worst case: every state is entered once and every attempt of every task fails."""
    tries = sum(
        1 + sum(retry.get("MaxAttempts", 3) for retry in state.get("Retry", ()))
        for _, state in tasks(machine)
    )
    events = tries * _EVENTS_PER_TRY + 2 * len(machine["States"])
    if events > _MOST_EVENTS:
        yield f"{machine['StartAt']}: up to {events} events in one execution"


def _nothing_else_is_tried_again(name: str, state: State) -> Iterator[str]:
    for retry in state.get("Retry", ()):
        for error in set(retry.get("ErrorEquals", ())) - {"Unavailable", *SERVICE_ERRORS}:
            yield f"{name}: {error} is retried, and may stand for Rejected or a timeout"


RULES_OF_TRYING = (
    _every_step_is_tried_again,
    _every_undo_is_tried_again,
    _an_undo_outwaits_every_lease,
    _endings_and_parking_are_tried_again,
    _a_service_that_stumbles_is_tried_again,
    _history_stays_short,
)


def _tried(name: str, state: State, error: str, times: int | None = None) -> Iterator[str]:
    """`times` None requires at least one retry. MaxAttempts must be explicit; its default is 3."""
    retry = retries(state, error)
    found = retry.get("MaxAttempts", "unsaid") if retry else 0
    if found != times and (times is not None or found in {0, "unsaid"}):
        often = "at least once" if times is None else f"{times} times"
        yield f"{name}: {error} is retried {found} times, not {often}"
    elif not _is_patient(retry):
        yield f"{name}: {error} is retried without backoff, cap and jitter"


def _is_patient(retry: State) -> bool:
    """Backoff, cap and jitter: tasks that failed together must not retry together."""
    return (
        retry.get("IntervalSeconds", 0) >= 1
        and retry.get("BackoffRate", 0) > 1
        and retry.get("MaxDelaySeconds", 0) >= retry.get("IntervalSeconds", 0)
        and retry.get("JitterStrategy") == "FULL"
    )
