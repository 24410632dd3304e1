"""Resume workflows with an outside build: when it ends or is cancelled, and every minute."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from slipway.containerize.outside_builds import OutsideBuilds
from slipway.wiring import outside_builds
from steps.build_image import execute

_CANCELLED = "slipway.workflow.cancel_requested"


def resume(event: Mapping[str, Any], builds: OutsideBuilds, look: Callable[[str], None]) -> None:
    """Raises an ExceptionGroup after all builds were checked: the event is then redelivered."""
    failures: list[Exception] = []
    for workflow_id in concerned(event, builds):
        try:
            look(workflow_id)
        except Exception as error:  # noqa: BLE001  (raised below, after the other builds)
            error.add_note(workflow_id)
            failures.append(error)
    if failures:
        raise ExceptionGroup(f"{len(failures)} builds could not be checked", failures)


def concerned(event: Mapping[str, Any], builds: OutsideBuilds) -> Iterable[str]:
    """The workflows an event is about; for the schedule, all with a running or recent build."""
    if event.get("source") == "aws.codebuild":
        workflow_id = builds.workflow_of(event["detail"]["build-id"])
        return [workflow_id] if workflow_id else []
    if event.get("detail-type") == _CANCELLED:
        return [event["detail"]["subject"]]
    return builds.lately()


def handler(event: Mapping[str, Any], _context: object = None) -> None:
    """EventBridge event: a state change of CodeBuild, our own cancel, or the schedule."""
    resume(event, outside_builds(), execute.resume)
