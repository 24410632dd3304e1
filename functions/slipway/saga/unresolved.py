"""Receipt items for undos that failed, were skipped, or are no longer in the plan."""

from collections.abc import Iterator, Sequence

from slipway.saga.state import ReceiptItem, Saga, StepRecord, StepStatus

_LONGEST_CAUSE = 300
_NOT_UNDONE = {StepStatus.UNDO_SKIPPED, StepStatus.INTENT, StepStatus.DONE}
"""INTENT and DONE count only if the plan no longer defines the step."""


def with_unresolved(saga: Saga, items: Sequence[ReceiptItem]) -> Iterator[ReceiptItem]:
    """Yield the inspected items, leftovers with the decision on them; then uninspected leftovers.

    A skipped step counts as left over unless an inspector has reported on it.
    """
    for item in items:
        record = saga.steps.get(item.step)
        said = _said(record) if record and item.state == "leftover" else None
        yield item.evolve(detail=said) if said else item
    looked_at = {item.step for item in items}
    for record in saga.steps.values():
        if record.status in _NOT_UNDONE and record.name not in looked_at:
            yield from _skipped(record)


def _skipped(record: StepRecord) -> Iterator[ReceiptItem]:
    """One item per created resource, or one for the step itself if it recorded none."""
    for resource in record.created or (f"step:{record.name}",):
        kind, _, name = resource.partition(":")
        yield ReceiptItem(
            kind=kind, name=name, step=record.name, state="leftover", detail=_said(record)
        )


def _said(record: StepRecord) -> str | None:
    resolution = record.undo.resolution if record.undo else None
    cause = _cause(record)
    if resolution is None:
        parked = record.status is StepStatus.UNDO_PARKED
        return f"no operator decision; undo failed{cause}" if parked else None
    reason = f": {resolution.reason}" if resolution.reason else ""
    failed = f"; undo failed{cause}" if cause else ""
    return f"{resolution.decision} by {resolution.decided_by}{reason}{failed}"


def _cause(record: StepRecord) -> str:
    """The last recorded error of the undo; empty if it was killed before recording one."""
    error = record.undo.error if record.undo else None
    if error is None:
        return ""
    message = error.message if error.code == "defect" else f"{error.code}: {error.message}"
    line = " ".join(message.split())
    return f": {line}" if len(line) <= _LONGEST_CAUSE else f": {line[:_LONGEST_CAUSE]}…"
