"""Accept a request to turn a source into a running service."""

from collections.abc import Callable, Mapping
from datetime import datetime

from slipway.accounts.defaults import Applied, completed
from slipway.accounts.store import Accounts
from slipway.buses import command
from slipway.containerize.ports import Workspace
from slipway.containerize.secret_settings import discard, is_mark_of, keep, split_secrets
from slipway.containerize.target import Target
from slipway.cqrs.availability import check_available, check_port, of_field
from slipway.cqrs.effect import caused_by
from slipway.cqrs.idempotency import inbox_for, key_was_used
from slipway.cqrs.ids import workflow_id
from slipway.cqrs.problem import Refused
from slipway.cqrs.request import Call
from slipway.cqrs.source_access import check_may_read
from slipway.messages.clock import utc_now
from slipway.messages.requests import ContainerizeRequest
from slipway.messages.views import Accepted
from slipway.saga import transitions
from slipway.saga.errors import Rejected, Unavailable
from slipway.saga.state import WorkflowRecord
from slipway.saga.store import (
    Conflict,
    Inbox,
    NotFound,
    SessionNotOpen,
    Store,
    TargetFree,
    TargetLocked,
)
from slipway.settings import Settings
from slipway.wiring import accounts, clock, settings, store, target, workspace
from steps import PLAN

_TRIES = 10


def containerize(  # noqa: PLR0913  (one parameter per port)
    command: ContainerizeRequest,
    call: Call,
    *,
    store: Store,
    accounts: Accounts,
    workspace: Workspace,
    target: Target,
    settings: Settings,
    now: Callable[[], datetime] = utc_now,
) -> Accepted:
    """Raises Refused, Rejected or TargetLocked, and then stores nothing of the request.

    Raises Unavailable: what was written by then may remain, and the same key leads to it.
    """
    whole, defaults = completed(command, accounts.config(call.owner))
    _check(whole, call, workspace, target, settings)
    env, hidden = split_secrets(whole.app.env)
    workflow = _workflow(_with_env(whole, env), call, settings, now(), defaults)
    answer = Accepted(workflow_id=workflow.workflow_id, version=1)
    mark = keep(workspace, workflow.workflow_id, hidden)
    workflow = workflow.model_copy(update={"sealed": mark})
    try:
        _write(store, workflow, call, inbox_for(call, command, answer), settings)
    except (Conflict, TargetLocked) as reason:
        _discard(store, workspace, workflow)
        return _accepted_before(store, workflow, hidden, reason)
    except SessionNotOpen as closed:
        _discard(store, workspace, workflow)
        raise _no_open_session(closed.session_id) from None
    except (Rejected, _Contended):
        _discard(store, workspace, workflow)
        raise
    return answer


class _Contended(Unavailable):
    """Every attempt to write was refused, so nothing was written."""


def _write(
    store: Store, workflow: WorkflowRecord, call: Call, inbox: Inbox | None, settings: Settings
) -> None:
    """Write the workflow, or queue it for its target, which may become free between two reads."""
    steps = [step.name for step in PLAN.forward]
    for _ in range(_TRIES):
        try:
            store.commit(caused_by(call, transitions.requested(workflow, inbox, steps)))
        except TargetLocked as locked:
            if settings.when_busy != "wait":
                raise
            workflow = workflow.model_copy(update={"waits_for": locked.holder})
        except TargetFree:
            workflow = workflow.model_copy(update={"waits_for": None})
        else:
            return
    raise _Contended("target_contended", f"too many concurrent changes to {workflow.lock}")


def _check(
    command: ContainerizeRequest,
    call: Call,
    workspace: Workspace,
    target: Target,
    settings: Settings,
) -> None:
    """Fail now what is known to fail, before any side effect."""
    check_available(command.options.on_failure, "options.on_failure")
    check_port(command.app)
    try:
        target.repository(command)
    except Rejected as error:
        raise of_field(error, "image.repository") from None
    check_may_read(command.source, call, workspace, settings.bucket)


def _no_open_session(session_id: str) -> Refused:
    return Refused(
        "invalid_request",
        f"session_id: the session {session_id} is not open or not yours",
        field="session_id",
        fix="open one with POST /sessions, list open ones with GET /sessions, or leave it out",
    )


def _workflow(
    command: ContainerizeRequest,
    call: Call,
    settings: Settings,
    now: datetime,
    defaults: Applied | None,
) -> WorkflowRecord:
    place = f"{settings.at_cluster or 'default'}/{command.app.target_namespace}/{command.app.name}"
    return WorkflowRecord(
        workflow_id=workflow_id(call),
        definition=PLAN.name,
        definition_version=PLAN.version,
        request=command.model_dump(mode="json"),
        defaults=defaults and defaults.model_dump(mode="json"),
        owner=call.owner,
        session_id=command.session_id,
        rehearsal=settings.rehearsal,
        world=settings.world,
        lock=place if command.options.deploy else None,
        created_at=now,
        updated_at=now,
    )


def _discard(store: Store, workspace: Workspace, refused: WorkflowRecord) -> None:
    """Unless this very workflow was accepted after all, and only the response was lost."""
    try:
        accepted = store.load(refused.workflow_id).workflow.sealed
    except NotFound:
        accepted = None
    if refused.sealed != accepted:
        discard(workspace, refused.workflow_id, refused.sealed)


def _with_env(command: ContainerizeRequest, env: Mapping[str, str]) -> ContainerizeRequest:
    """The request as the table, the events and the views store it."""
    return command.model_copy(update={"app": command.app.model_copy(update={"env": env})})


def _accepted_before(
    store: Store,
    wanted: WorkflowRecord,
    hidden: Mapping[str, str],
    reason: Conflict | TargetLocked,
) -> Accepted:
    """Sent twice at once, or after the inbox expired: the same key gives the same workflow id."""
    try:
        before = store.load(wanted.workflow_id).workflow
    except NotFound:
        raise reason from None
    if before.request != wanted.request or not is_mark_of(before.sealed, hidden):
        raise key_was_used()
    return Accepted(workflow_id=wanted.workflow_id, version=1)


handler = command(
    containerize,
    ContainerizeRequest,
    scope="workflows:write",
    store=store,
    accounts=accounts,
    workspace=workspace,
    target=target,
    settings=settings,
    now=clock,
)
