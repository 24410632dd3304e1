"""The parts of a sweep: orphaned resources are found by label and removed by the undo's rules.

Each part lists its resources before the sweep reads from the table which workflows have finished:
the list then contains nothing of a workflow that started in between.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from slipway.containerize.engine_images import Use
from slipway.containerize.labels import INSTANCE, WORKFLOW, is_managed
from slipway.containerize.ports import (
    Cluster,
    Engine,
    Labelled,
    Manifest,
    ObjectRef,
    Registry,
    Workspace,
)
from slipway.containerize.resources import Found, Resource
from slipway.containerize.restoration import ref_of
from slipway.containerize.staging import staging_tag
from slipway.containerize.tag_uses import named
from slipway.containerize.workspace_keys import SWEEP, is_audit, removals_key, snapshot_key
from slipway.saga.errors import StepError
from slipway.saga.state import Saga, Status

_WORKFLOWS = "workflows/"
_SILENT, _PATIENCE = "registry_unreachable", 3
"""Give up after this many unresponsive repositories: the other parts need time as well."""
_LEAVES = "deletion already in progress"
"""Not waited for again: a namespace stuck in deletion would use up every sweep's time."""


class OnEngine:
    def __init__(self, provide: Callable[[], Engine]) -> None:
        self._provide = provide

    def find(self) -> Found:
        return Found([_resource(each) for each in self._provide().managed()])

    def judge(self, saga: Saga | None, resources: Sequence[Resource]) -> Sequence[Resource]:
        """Keep what others use; a tag set by the workflow itself is no use by others."""
        workflow_id, built = resources[0].workflow_id, _built(saga)
        uses = {made.name: made.used_by for made in self._provide().made_by(workflow_id, built)}
        judged = []
        for resource in resources:
            used_by = [u for u in uses.get(resource.name, ()) if not _is_own(u, saga, resource)]
            own = tuple(u.name for u in uses.get(resource.name, ()) if _is_own(u, saga, resource))
            judged.append(replace(resource, handle=(built, own), kept=_in_use(used_by)))
        return judged

    def remove(self, resources: Sequence[Resource]) -> Iterator[tuple[Resource, str | None]]:
        """Remove resources of one workflow, and what a build that was still ending added since."""
        if not resources:
            return
        engine, why = self._provide(), "it is still in use"
        workflow_id, (built, _) = resources[0].workflow_id, resources[0].handle
        for resource in resources:
            for reference in resource.handle[1]:
                engine.untag(reference)
        try:
            engine.remove_made_by(workflow_id, built)
        except StepError as error:
            why = error.message
        left = {made.name for made in engine.made_by(workflow_id, built)}
        for resource in resources:
            yield resource, why if resource.name in left else None


class InRegistry:
    """Finds manifests by their tags: registries do not list untagged ones."""

    def __init__(self, provide: Callable[[], Registry], prefix: str | None) -> None:
        self._provide, self._prefix = provide, prefix

    def find(self) -> Found:
        """An error in one repository hides no other; each unresponsive one costs a timeout."""
        if self._prefix is None:
            return Found(())
        registry, silent = self._provide(), 0
        resources, unseen = list[Resource](), list[str]()
        for repository in registry.repositories(self._prefix):
            if silent == _PATIENCE:
                unseen.append(f"{repository}: skipped after {silent} unresponsive repositories")
                continue
            try:
                resources += list(_manifests(registry, repository))
            except StepError as error:
                unseen.append(f"{repository}: {error.message}")
                silent += error.code == _SILENT
        return Found(resources, unseen)

    def judge(self, saga: Saga | None, resources: Sequence[Resource]) -> Sequence[Resource]:
        return [_judged_manifest(saga, resource) for resource in resources]

    def remove(self, resources: Sequence[Resource]) -> Iterator[tuple[Resource, str | None]]:
        registry = self._provide()
        for resource in resources:
            repository, digest, _ = resource.handle
            registry.delete(repository, digest)
            yield resource, None


class InCluster:
    def __init__(self, provide: Callable[[], Cluster]) -> None:
        self._provide = provide

    def find(self) -> Found:
        """Skip owned objects: they are deleted or kept with their owner."""
        found = self._provide().managed()
        own = (each for each in found if not each["metadata"].get("ownerReferences"))
        return Found([_object(each) for each in own])

    def judge(self, saga: Saga | None, resources: Sequence[Resource]) -> Sequence[Resource]:
        existed = _existed(saga)
        judged = [
            _kept(resource, "it existed before") if resource.handle[0] in existed else resource
            for resource in resources
        ]
        going = {resource.handle[0] for resource in judged if resource.kept in {None, _LEAVES}}
        return sorted((self._inhabited(each, going) for each in judged), key=_namespaces_last)

    def _inhabited(self, resource: Resource, going: set[ObjectRef]) -> Resource:
        if resource.handle[0].kind != "Namespace" or resource.kept:
            return resource
        others = set(self._provide().inhabitants(resource.name)) - going
        return _kept(resource, "the namespace is in use by other objects") if others else resource

    def remove(self, resources: Sequence[Resource]) -> Iterator[tuple[Resource, str | None]]:
        cluster = self._provide()
        for resource in resources:
            ref, uid = resource.handle
            if ref.kind == "Namespace" and cluster.inhabitants(ref.name):
                yield resource, "the namespace is in use by other objects"
                continue
            cluster.delete(ref, uid=uid)
            yield resource, None


class InWorkspace:
    """Keeps reports, logs, and snapshots for a manual restore; the workspace has no other users."""

    def __init__(self, provide: Callable[[], Workspace]) -> None:
        self._provide = provide

    def find(self) -> Found:
        """Skip the removal notes of sweeps: they belong to no workflow."""
        found = self._provide().modified(_WORKFLOWS)
        theirs = ((key, at) for key, at in found if not key.startswith(removals_key(SWEEP)))
        parts = ((key, key.split("/")[1], at) for key, at in theirs)
        resources = [Resource("object", key, its, None, at) for key, its, at in parts]
        return Found([each for each in resources if not is_audit(each.workflow_id, each.name)])

    def judge(self, saga: Saga | None, resources: Sequence[Resource]) -> Sequence[Resource]:
        """Keep the snapshots of an undo that was given up: they are the only copy."""
        if saga is None or saga.workflow.status is not Status.COMPENSATED_WITH_LEFTOVERS:
            return resources
        only_copies = snapshot_key(saga.workflow.workflow_id)
        return [
            _kept(resource, "it holds the only snapshot for a restore")
            if resource.name.startswith(only_copies)
            else resource
            for resource in resources
        ]

    def remove(self, resources: Sequence[Resource]) -> Iterator[tuple[Resource, str | None]]:
        workspace = self._provide()
        for resource in resources:
            workspace.delete(resource.name)
            yield resource, None


def _built(saga: Saga | None) -> str | None:
    step = saga.steps.get("build_image") if saga else None
    return step.outputs.get("image_id") if step else None


def _is_own(use: Use, saga: Saga | None, resource: Resource) -> bool:
    """Whether it is the noted reference, or the default tag, which is the workflow's id."""
    if use.kind != "tag":
        return False
    step = saga.steps.get("tag_image") if saga else None
    noted = (step.intent or {}).get("reference") if step else None
    return use.name == noted or use.name.endswith(f":{resource.workflow_id}")


def _in_use(uses: Sequence[Use]) -> str | None:
    return f"in use by {uses[0]}" if uses else None


def _resource(found: Labelled, handle: Any = None) -> Resource:
    labels = found.labels
    instance = labels.get(INSTANCE)
    return Resource(
        found.kind, found.name, labels[WORKFLOW], instance, found.created_at, handle or found.name
    )


def _manifests(registry: Registry, repository: str) -> Iterator[Resource]:
    tags: dict[str, list[str]] = {}
    for tag, digest in named(registry, repository, registry.tags(repository)):
        if digest:
            tags.setdefault(digest, []).append(tag)
    for digest, names in tags.items():
        labels = registry.labels(repository, digest)
        if is_managed(labels):
            built_at = registry.built_at(repository, digest)
            found = Labelled("manifest", f"{repository}@{digest}", labels, built_at)
            yield _resource(found, (repository, digest, tuple(sorted(names))))


def _judged_manifest(saga: Saga | None, resource: Resource) -> Resource:
    """Another owner's tag keeps a manifest. Without a noted reference, one tag is its own."""
    repository, _, found = resource.handle
    tags = [tag for tag in found if tag != staging_tag(resource.workflow_id)]
    step = saga.steps.get("push_image") if saga else None
    if step is None or step.intent is None:
        others = tags[1:]
    else:
        others = [tag for tag in tags if f"{repository}:{tag}" != step.intent["reference"]]
    return _kept(resource, f"in use by the tag {others[0]}") if others else resource


def _object(found: Manifest) -> Resource:
    metadata, ref = found["metadata"], ref_of(found)
    labels: Mapping[str, str] = metadata["labels"]
    name = f"{ref.namespace}/{ref.name}" if ref.namespace else ref.name
    born = datetime.fromisoformat(metadata["creationTimestamp"])
    resource = _resource(Labelled(ref.kind.lower(), name, labels, born), (ref, metadata["uid"]))
    return _kept(resource, _LEAVES) if "deletionTimestamp" in metadata else resource


def _existed(saga: Saga | None) -> set[ObjectRef]:
    steps = saga.steps.values() if saga else ()
    notes = (note for step in steps for note in (step.intent or {}).get("notes", ()))
    return {ObjectRef(**note["ref"]) for note in notes if note["existed"]}


def _kept(resource: Resource, why: str) -> Resource:
    return replace(resource, kept=why)


def _namespaces_last(resource: Resource) -> bool:
    return bool(resource.handle[0].kind == "Namespace")
