"""Inspectors for the receipt: what engine, registry, cluster and workspace hold of a workflow.

Each system is queried by label and by the names that a workflow derives; Slipway's own records only
add places to look. A resource that exists and should not is a leftover, whatever the records state.
Each inspector connects when it runs, so an unreachable system does not block the others.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from slipway.containerize.engine_images import Made, Use
from slipway.containerize.labels import WORKFLOW
from slipway.containerize.ports import Cluster, Engine, Manifest, ObjectRef, Registry, Workspace
from slipway.containerize.reference import repository_of, tag_of
from slipway.containerize.restoration import is_like, is_restored
from slipway.containerize.secret_settings import forget
from slipway.containerize.staging import staging_tag
from slipway.containerize.tag_uses import uses_of
from slipway.containerize.workspace_keys import is_audit, private_key, step_of, workflow_prefix
from slipway.saga.finish import Inspector
from slipway.saga.state import ReceiptItem, Saga, StepStatus


def of_engine(provide: Callable[[], Engine]) -> Inspector:
    def inspect_engine(saga: Saga) -> Iterator[ReceiptItem]:
        if _intent(saga, "build_image") is None:
            return  # no build was ever attempted
        yield from _engine_items(provide(), saga)

    return inspect_engine


def _engine_items(engine: Engine, saga: Saga) -> Iterator[ReceiptItem]:
    intent = _intent(saga, "tag_image")
    built = _outputs(saga, "build_image").get("image_id")
    ours = Use("tag", intent["reference"]) if intent else None
    found = {made.name: made for made in engine.made_by(saga.workflow.workflow_id, built)}
    for made in found.values():
        used_by = [use for use in made.used_by if use != ours]
        yield _item(made.kind, made.name, "build_image", *_stays(used_by))
    for name in _created(saga, "build_image", "image:"):
        if name not in found:
            state = "leftover" if engine.image_at(name) else "absent"
            yield _item("image", name, "build_image", state)
    if intent:
        yield _tag(intent, engine.image_at(intent["reference"]), built, found)


def _stays(used_by: Sequence[Use]) -> tuple[str, str | None]:
    return ("kept", f"in use by {used_by[0]}") if used_by else ("leftover", None)


def _tag(
    intent: Mapping[str, Any], now: str | None, built: str | None, found: Mapping[str, Made]
) -> ReceiptItem:
    """The engine cannot remove the last tag of an image that a container uses."""
    ours = now is not None and now == built
    used_by = found[now].used_by if now is not None and now in found else ()
    containers = [use for use in used_by if use.kind == "container"]
    is_only = [use.name for use in used_by if use.kind == "tag"] == [intent["reference"]]
    if ours and is_only and containers and intent["before"] is None:
        return _item("tag", intent["reference"], "tag_image", *_stays(containers))
    return _tag_item("tag_image", intent, now, ours=ours)


def _tag_item(step: str, intent: Mapping[str, Any], now: str | None, *, ours: bool) -> ReceiptItem:
    """A tag that someone else has moved or created since belongs to them."""
    reference, before = intent["reference"], intent["before"]
    if ours:
        return _item("tag", reference, step, "leftover")
    if before is None:
        return _item("tag", reference, step, "absent", now and "the tag was moved to another image")
    if now is None:
        return _item("tag", reference, step, "leftover", f"the tag is missing; it named {before}")
    moved = None if now == before else "the tag was moved to another image"
    return _item("tag", reference, step, "kept" if moved else "restored", moved)


def of_registry(provide: Callable[[], Registry]) -> Inspector:
    def inspect_registry(saga: Saga) -> Iterator[ReceiptItem]:
        intent = _intent(saga, "push_image")
        if intent is None:
            return
        registry = provide()
        repository = repository_of(intent["reference"])
        tagged = registry.digest(intent["reference"])
        labels = registry.labels(repository, tagged) if tagged else {}
        ours = labels.get(WORKFLOW) == saga.workflow.workflow_id
        yield _tag_item("push_image", intent, tagged, ours=ours)
        if pushed := _outputs(saga, "push_image").get("digest"):
            yield _manifest(registry, saga, intent["reference"], pushed)

    return inspect_registry


def _manifest(registry: Registry, saga: Saga, reference: str, digest: str) -> ReceiptItem:
    repository = repository_of(reference)
    ours = {tag_of(reference), staging_tag(saga.workflow.workflow_id)}
    name = f"{repository}@{digest}"
    if registry.digest(name) is None:
        return _item("manifest", name, "push_image", "absent")
    if tag := next(uses_of(registry, repository, digest, ours), None):
        return _item("manifest", name, "push_image", "kept", f"in use by the tag {tag}")
    return _item("manifest", name, "push_image", "leftover")


def of_cluster(provide: Callable[[], Cluster]) -> Inspector:
    def inspect_cluster(saga: Saga) -> Iterator[ReceiptItem]:
        steps = ("prepare_cluster", "deploy_application")
        if not any((_intent(saga, step) or {}).get("notes") for step in steps):
            return  # no change to the cluster was ever attempted
        cluster = provide()
        found = set(cluster.made_by(saga.workflow.workflow_id))
        noted: set[ObjectRef] = set()
        for step in steps:
            for note in (_intent(saga, step) or {}).get("notes", ()):
                ref = ObjectRef(**note["ref"])
                noted.add(ref)
                if item := _noted(cluster, step, note, ref, ref in found):
                    yield item
        for ref in sorted(found - noted, key=str):
            yield _item(ref.kind.lower(), _name(ref), "deploy_application", "leftover")

    return inspect_cluster


def _noted(
    cluster: Cluster, step: str, note: Mapping[str, Any], ref: ObjectRef, ours: bool
) -> ReceiptItem | None:
    kind, name = ref.kind.lower(), _name(ref)
    if note["before"] is not None or note.get("kept"):
        now = cluster.read(ref)
        return _item(kind, name, step, *_changed(now, ours=ours, restored=_is_restored(note, now)))
    if note["existed"] and not ours:
        return None  # it existed before and was never changed
    if not ours:
        return _item(kind, name, step, "absent")
    if ref.kind == "Namespace" and cluster.inhabitants(ref.name):
        return _item(kind, name, step, "kept", "the namespace is in use by other objects")
    return _item(kind, name, step, "leftover")


def _is_restored(note: Mapping[str, Any], now: Manifest | None) -> bool:
    if note["before"] is not None:
        return is_restored(note["before"], now)
    return is_like(note["kept"]["likeness"], now)


def _changed(now: Manifest | None, *, ours: bool, restored: bool) -> tuple[str, str | None]:
    if restored:
        return "restored", None
    if ours or now is None:
        return "leftover", "it differs from its state before the change"
    return "kept", "it was modified by someone else since"


def of_workspace(provide: Callable[[], Workspace]) -> Inspector:
    def inspect_workspace(saga: Saga) -> Iterator[ReceiptItem]:
        workspace = provide()
        workflow_id = saga.workflow.workflow_id
        # Not earlier: until the last undo has finished, one of them may need the settings.
        forget(workspace, workflow_id)
        if not _is_to_be_put_back(saga):
            workspace.delete(private_key(workflow_id))
        found = set(workspace.keys(workflow_prefix(workflow_id)))
        for key in sorted(found):
            state = "kept" if is_audit(workflow_id, key) else "leftover"
            yield _item("object", key, step_of(workflow_id, key), state)
        for step in saga.steps:
            for key in _created(saga, step, "object:"):
                if key not in found:
                    yield _item("object", key, step, "absent")

    return inspect_workspace


def _is_to_be_put_back(saga: Saga) -> bool:
    """Whether the undo was given up: the snapshots are kept for a manual restore."""
    record = saga.steps.get("deploy_application")
    return record is not None and record.may_have_acted and record.status is not StepStatus.UNDONE


def _item(kind: str, name: str, step: str, state: str, detail: str | None = None) -> ReceiptItem:
    return ReceiptItem(kind=kind, name=name, step=step, state=state, detail=detail)


def _name(ref: ObjectRef) -> str:
    return f"{ref.namespace}/{ref.name}" if ref.namespace else ref.name


def _intent(saga: Saga, step: str) -> Mapping[str, Any] | None:
    record = saga.steps.get(step)
    return record.intent if record else None


def _outputs(saga: Saga, step: str) -> Mapping[str, Any]:
    record = saga.steps.get(step)
    return record.outputs if record else {}


def _created(saga: Saga, step: str, prefix: str) -> Iterator[str]:
    record = saga.steps.get(step)
    for name in record.created if record else ():
        if name.startswith(prefix):
            yield name.removeprefix(prefix)
