"""Format a workflow's outcome as text."""

from collections.abc import Mapping
from typing import Any

from slipway_local.cli.output import (
    defaults_lines,
    failure_lines,
    first_line,
    plain,
    receipt_lines,
    status_word,
    when,
)
from slipway_local.engines.probe import IN_MEMORY


def summary(view: Mapping[str, Any]) -> list[object]:
    """Return the cause of a failure, the status, then the service or the leftovers."""
    lines: list[object] = [*failure_lines(view)]
    rehearsed = " (rehearsal)" if view["rehearsal"] else ""
    lines.append(f"{status_word(view['status'])}{rehearsed} {view['workflow_id']}")
    lines += defaults_lines(view)
    if view.get("waits_for"):
        lines.append(f"waits    for {view['waits_for']}, which uses the same target")
    if view["status"] == "COMPLETED":
        if image := view.get("image"):
            lines.append(f"image    {plain(image['reference'])} @ {image['digest']}")
        if service := view.get("service"):
            lines.append(_where(service) + ("" if _in_memory(view) else _how(service)))
    lines += [_what_to_do(view["workflow_id"], step) for step in view["steps"] if _waits(step)]
    if receipt := view.get("receipt"):
        left = [item for item in receipt["items"] if item["state"] == "leftover"]
        clean = "nothing left" if receipt["clean"] else f"[red]{len(left)} left over[/]"
        lines += [
            f"receipt  {clean}, checked {when(receipt['checked_at'])}",
            *receipt_lines(receipt),
        ]
    return lines


def _in_memory(view: Mapping[str, Any]) -> bool:
    """Return True if the cluster was in memory, which a rehearsal without a record implies."""
    world = view.get("world") or {}
    return bool(view["rehearsal"]) and world.get("cluster", IN_MEMORY) == IN_MEMORY


def _where(service: Mapping[str, Any]) -> str:
    return f"service  {service['namespace']}/{service['name']} port {service['port']}"


def _how(service: Mapping[str, Any]) -> str:
    namespace, name, port = (service[key] for key in ("namespace", "name", "port"))
    return f"; kubectl -n {namespace} port-forward service/{name} 8080:{port}"


def _waits(step: Mapping[str, Any]) -> bool:
    return bool(step["status"] == "UNDO_PARKED")


def _what_to_do(workflow_id: str, step: Mapping[str, Any]) -> str:
    error = (step.get("undo") or {}).get("error") or {}
    why = f": {plain(first_line(error['message']))}" if error else ""
    return (
        f"[red]parked[/]   the undo of {step['name']} needs a decision{why}\n"
        f"  fix: slipway resolve {workflow_id} {step['name']} retry,"
        " or skip --reason WHY, or done when you removed it by hand"
    )
