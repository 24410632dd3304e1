"""HTTP statuses of Slipway's own error codes; `slipway.cqrs.problem` has the general ones."""

from collections.abc import Mapping

from slipway.cqrs.problem import Status

STATUSES: Mapping[str, Status] = {
    "ambiguous_name": Status(400),
    "no_receipt": Status(404),
    "no_such_artifact": Status(404),
    "no_such_session": Status(404),
    "no_such_step": Status(404),
    "already_finished": Status(409),
    "already_resolved": Status(409),
    "already_rolled_back": Status(409),
    "not_completed": Status(409),
    "not_parked": Status(409),
    "other_world": Status(409),
    "rebuild_under_way": Status(409, retry_after_s=60),
    "superseded": Status(409),
    "target_locked": Status(409),
    "too_many_sessions": Status(409),
    "artifact_too_large": Status(413),
    "record_too_large": Status(413),
    "aws_misconfigured": Status(500),
    "aws_refused": Status(500),
    "events_unreadable": Status(500),
    "no_read_table": Status(500),
    "no_write_table": Status(500),
    "record_refused": Status(500),
}
