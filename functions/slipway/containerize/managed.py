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
from slipway.containerize.restoration import ref_of
from slipway.containerize.staging import staging_tag
from slipway.containerize.tag_uses import named
from slipway.containerize.thing import Found, Thing
from slipway.containerize.workspace_keys import SWEEP, is_audit, keepsake_key, removals_key
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
        return Found([_thing(each) for each in self._provide().managed()])

    def judge(self, saga: Saga | None, things: Sequence[Thing]) -> Sequence[Thing]:
        """Keep what others use; a tag set by the workflow itself is no use by others."""
        workflow_id, built = things[0].workflow_id, _built(saga)
        uses = {made.name: made.used_by for made in self._provide().made_by(workflow_id, built)}
        judged = []
        for thing in things:
            used_by = [use for use in uses.get(thing.name, ()) if not _is_own(use, saga, thing)]
            own = tuple(u.name for u in uses.get(thing.name, ()) if _is_own(u, saga, thing))
            judged.append(replace(thing, handle=(built, own), kept=_told(used_by)))
        return judged

    def remove(self, things: Sequence[Thing]) -> Iterator[tuple[Thing, str | None]]:
        """Remove things of one workflow, and what a build that was still ending added since."""
        if not things:
            return
        engine, why = self._provide(), "it is still in use"
        workflow_id, (built, _) = things[0].workflow_id, things[0].handle
        for thing in things:
            for reference in thing.handle[1]:
                engine.untag(reference)
        try:
            engine.remove_made_by(workflow_id, built)
        except StepError as error:
            why = error.message
        left = {made.name for made in engine.made_by(workflow_id, built)}
        for thing in things:
            yield thing, why if thing.name in left else None


class InRegistry:
    """Finds manifests by their tags: registries do not list untagged ones."""

    def __init__(self, provide: Callable[[], Registry], prefix: str | None) -> None:
        self._provide, self._prefix = provide, prefix

    def find(self) -> Found:
        """An error in one repository hides no other; each unresponsive one costs a timeout."""
        if self._prefix is None:
            return Found(())
        registry, silent = self._provide(), 0
        things, unseen = list[Thing](), list[str]()
        for repository in registry.repositories(self._prefix):
            if silent == _PATIENCE:
                unseen.append(f"{repository}: skipped after {silent} unresponsive repositories")
                continue
            try:
                things += list(_manifests(registry, repository))
            except StepError as error:
                unseen.append(f"{repository}: {error.message}")
                silent += error.code == _SILENT
        return Found(things, unseen)

    def judge(self, saga: Saga | None, things: Sequence[Thing]) -> Sequence[Thing]:
        return [_judged_manifest(saga, thing) for thing in things]

    def remove(self, things: Sequence[Thing]) -> Iterator[tuple[Thing, str | None]]:
        registry = self._provide()
        for thing in things:
            repository, digest, _ = thing.handle
            registry.delete(repository, digest)
            yield thing, None


class InCluster:
    def __init__(self, provide: Callable[[], Cluster]) -> None:
        self._provide = provide

    def find(self) -> Found:
        """Skip owned objects: they are deleted or kept with their owner."""
        found = self._provide().managed()
        own = (each for each in found if not each["metadata"].get("ownerReferences"))
        return Found([_object(each) for each in own])

    def judge(self, saga: Saga | None, things: Sequence[Thing]) -> Sequence[Thing]:
        existed = _existed(saga)
        judged = [
            _kept(thing, "it existed before") if thing.handle[0] in existed else thing
            for thing in things
        ]
        going = {thing.handle[0] for thing in judged if thing.kept in {None, _LEAVES}}
        return sorted((self._inhabited(thing, going) for thing in judged), key=_namespaces_last)

    def _inhabited(self, thing: Thing, going: set[ObjectRef]) -> Thing:
        if thing.handle[0].kind != "Namespace" or thing.kept:
            return thing
        others = set(self._provide().inhabitants(thing.name)) - going
        return _kept(thing, "the namespace is in use by other objects") if others else thing

    def remove(self, things: Sequence[Thing]) -> Iterator[tuple[Thing, str | None]]:
        cluster = self._provide()
        for thing in things:
            ref, uid = thing.handle
            if ref.kind == "Namespace" and cluster.inhabitants(ref.name):
                yield thing, "the namespace is in use by other objects"
                continue
            cluster.delete(ref, uid=uid)
            yield thing, None


class InWorkspace:
    """Keeps reports, logs, and snapshots for a manual restore; the workspace has no other users."""

    def __init__(self, provide: Callable[[], Workspace]) -> None:
        self._provide = provide

    def find(self) -> Found:
        """Skip the removal notes of sweeps: they belong to no workflow."""
        found = self._provide().modified(_WORKFLOWS)
        theirs = ((key, at) for key, at in found if not key.startswith(removals_key(SWEEP)))
        parts = ((key, key.split("/")[1], at) for key, at in theirs)
        things = [Thing("object", key, its, None, at) for key, its, at in parts]
        return Found([thing for thing in things if not is_audit(thing.workflow_id, thing.name)])

    def judge(self, saga: Saga | None, things: Sequence[Thing]) -> Sequence[Thing]:
        """Keep the snapshots of an undo that was given up: they are the only copy."""
        if saga is None or saga.workflow.status is not Status.COMPENSATED_WITH_LEFTOVERS:
            return things
        only_copies = keepsake_key(saga.workflow.workflow_id)
        return [
            _kept(thing, "it holds the only snapshot for a restore")
            if thing.name.startswith(only_copies)
            else thing
            for thing in things
        ]

    def remove(self, things: Sequence[Thing]) -> Iterator[tuple[Thing, str | None]]:
        workspace = self._provide()
        for thing in things:
            workspace.delete(thing.name)
            yield thing, None


def _built(saga: Saga | None) -> str | None:
    step = saga.steps.get("build_image") if saga else None
    return step.outputs.get("image_id") if step else None


def _is_own(use: Use, saga: Saga | None, thing: Thing) -> bool:
    """Whether it is the noted reference, or the default tag, which is the workflow's id."""
    if use.kind != "tag":
        return False
    step = saga.steps.get("tag_image") if saga else None
    noted = (step.intent or {}).get("reference") if step else None
    return use.name == noted or use.name.endswith(f":{thing.workflow_id}")


def _told(uses: Sequence[Use]) -> str | None:
    return f"in use by {uses[0]}" if uses else None


def _thing(found: Labelled, handle: Any = None) -> Thing:
    labels = found.labels
    instance = labels.get(INSTANCE)
    return Thing(
        found.kind, found.name, labels[WORKFLOW], instance, found.created_at, handle or found.name
    )


def _manifests(registry: Registry, repository: str) -> Iterator[Thing]:
    tags: dict[str, list[str]] = {}
    for tag, digest in named(registry, repository, registry.tags(repository)):
        if digest:
            tags.setdefault(digest, []).append(tag)
    for digest, names in tags.items():
        labels = registry.labels(repository, digest)
        if is_managed(labels):
            built_at = registry.built_at(repository, digest)
            found = Labelled("manifest", f"{repository}@{digest}", labels, built_at)
            yield _thing(found, (repository, digest, tuple(sorted(names))))


def _judged_manifest(saga: Saga | None, thing: Thing) -> Thing:
    """Another owner's tag keeps a manifest. Without a noted reference, one tag is its own."""
    repository, _, found = thing.handle
    tags = [tag for tag in found if tag != staging_tag(thing.workflow_id)]
    step = saga.steps.get("push_image") if saga else None
    if step is None or step.intent is None:
        others = tags[1:]
    else:
        others = [tag for tag in tags if f"{repository}:{tag}" != step.intent["reference"]]
    return _kept(thing, f"in use by the tag {others[0]}") if others else thing


def _object(found: Manifest) -> Thing:
    metadata, ref = found["metadata"], ref_of(found)
    labels: Mapping[str, str] = metadata["labels"]
    name = f"{ref.namespace}/{ref.name}" if ref.namespace else ref.name
    born = datetime.fromisoformat(metadata["creationTimestamp"])
    thing = _thing(Labelled(ref.kind.lower(), name, labels, born), (ref, metadata["uid"]))
    return _kept(thing, _LEAVES) if "deletionTimestamp" in metadata else thing


def _existed(saga: Saga | None) -> set[ObjectRef]:
    steps = saga.steps.values() if saga else ()
    notes = (note for step in steps for note in (step.intent or {}).get("notes", ()))
    return {ObjectRef(**note["ref"]) for note in notes if note["existed"]}


def _kept(thing: Thing, why: str) -> Thing:
    return replace(thing, kept=why)


def _namespaces_last(thing: Thing) -> bool:
    return bool(thing.handle[0].kind == "Namespace")
