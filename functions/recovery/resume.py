"""A build goes on outside: look at it when it ends, when it is cancelled, and every minute."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from slipway.containerize.outside_builds import OutsideBuilds
from slipway.wiring import outside_builds
from steps.build_image import execute

_CANCELLED = "slipway.workflow.cancel_requested"


def resume(event: Mapping[str, Any], builds: OutsideBuilds, look: Callable[[str], None]) -> None:
    """Raises an ExceptionGroup after all were looked at: the event is then delivered again."""
    failures: list[Exception] = []
    for workflow_id in concerned(event, builds):
        try:
            look(workflow_id)
        except Exception as error:  # noqa: BLE001  (raised below: it stops no other build's word)
            error.add_note(workflow_id)
            failures.append(error)
    if failures:
        raise ExceptionGroup(f"{len(failures)} builds could not be looked at", failures)


def concerned(event: Mapping[str, Any], builds: OutsideBuilds) -> Iterable[str]:
    """The workflows that an event is about; all with a build that runs, when it is the schedule."""
    if event.get("source") == "aws.codebuild":
        workflow_id = builds.workflow_of(event["detail"]["build-id"])
        return [workflow_id] if workflow_id else []
    if event.get("detail-type") == _CANCELLED:
        return [event["detail"]["subject"]]
    return builds.lately()


def handler(event: Mapping[str, Any], _context: object = None) -> None:
    """Event of EventBridge: CodeBuild's change of state, our own cancel, or a schedule."""
    resume(event, outside_builds(), execute.resume)
