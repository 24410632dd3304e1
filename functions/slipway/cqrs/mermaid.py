"""A timeline as a Mermaid gantt chart: each step's execution, and its undo beside it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from slipway.messages.timelines import TimelineItem

_BEGINS = {"slipway.step.started": "execute", "slipway.step.undoing": "undo"}
_ENDS = {
    "slipway.step.completed": ("execute", "done"),
    "slipway.step.attempt_failed": ("execute", "crit"),
    "slipway.step.failed": ("execute", "crit"),
    "slipway.step.undone": ("undo", "done"),
    "slipway.step.kept": ("undo", "done"),
    "slipway.step.undo_failed": ("undo", "crit"),
}


@dataclass(frozen=True)
class _Bar:
    step: str
    label: str
    look: str
    begin: datetime
    end: datetime


def gantt(workflow_id: str, items: Sequence[TimelineItem]) -> str:
    """Contains only ids, names of steps and times: nothing that a user wrote."""
    lines = ["gantt", f"    title {workflow_id}", "    dateFormat x", "    axisFormat %M:%S"]
    section = ""
    for bar in _bars(items):
        if bar.step != section:
            section = bar.step
            lines.append(f"    section {section}")
        lines.append(f"    {bar.label} :{bar.look}, {_ms(bar.begin)}, {_ms(bar.end)}")
    return "\n".join(lines) + "\n"


def _bars(items: Sequence[TimelineItem]) -> Iterator[_Bar]:
    begun: dict[tuple[str, str], datetime] = {}
    for item in items:
        if item.step is None:
            continue
        if item.type in _BEGINS:
            begun[item.step, _BEGINS[item.type]] = item.time
        elif item.type in _ENDS:
            label, look = _ENDS[item.type]
            begin = begun.pop((item.step, label), None)
            if begin:
                yield _Bar(item.step, label, look, begin, item.time)
    for (step, label), begin in begun.items():
        yield _Bar(step, label, "active", begin, items[-1].time)


def _ms(time: datetime) -> int:
    return int(time.timestamp() * 1000)
