"""AWS CodeBuild as the build engine, for builds that outlast a Lambda function.

It has no image store of its own. A build pushes its image directly to the target repository, under
a staging tag; an image's id is its `repository@digest`. Tags therefore do not exist on this engine:
the push sets them in the registry.
"""

import json
from collections import deque
from collections.abc import Callable, Iterator, Sequence

from slipway.adapters.codebuild_builds import RUNNING, Begun, Builds
from slipway.adapters.codebuild_buildspec import Place, variables
from slipway.adapters.codebuild_log import is_of_the_build
from slipway.containerize import labels
from slipway.containerize.engine_images import Made, Use
from slipway.containerize.ports import (
    Build,
    Credentials,
    Labelled,
    Log,
    Registry,
    Stop,
    Workspace,
)
from slipway.containerize.reference import parse, repository_of
from slipway.containerize.staging import staging_tag
from slipway.containerize.tag_uses import uses_of
from slipway.containerize.workspace_keys import object_key
from slipway.saga.errors import Rejected, StepError, Unavailable

LAST_LINES = 12
_STEP = "build_image"
_FAULT = "FAULT"

Lines = Callable[[str, str], Iterator[str]]
"""Takes a log group and stream, and returns the lines of the log."""


class CodeBuildEngine:
    """Implements `slipway.containerize.ports.Engine`."""

    rehearsal = False

    def __init__(
        self, builds: Builds, lines: Lines, registry: Registry, workspace: Workspace, place: Place
    ) -> None:
        self._builds = builds
        self._lines = lines
        self._registry = registry
        self._workspace = workspace
        self._place = place

    def build(self, build: Build, log: Log, stop: Stop) -> str | None:
        """Reuse the workflow's running or finished build; start another only after a FAULT."""
        workflow_id = build.labels[labels.WORKFLOW]
        begun = self._builds.of(workflow_id)
        if begun and begun[0].status != _FAULT:
            return self._came_of(begun[0], log)
        if stop():
            raise Rejected("cancelled", "the build was stopped")
        if build.repository is None:
            raise Rejected("no_repository", "CodeBuild needs the repository to push the image to")
        image = f"{build.repository}:{staging_tag(workflow_id)}"
        context = _key(workflow_id, "context.tar")
        environment = variables(build, workflow_id, image, context, self._place)
        self._workspace.put(_key(workflow_id, "codebuild.json"), json.dumps(image).encode())
        self._workspace.put(context, build.context, "application/x-tar")
        self._builds.start(f"{workflow_id}-{len(begun)}", environment, self._place.limit_min)
        log(f"CodeBuild builds {image}")
        return None

    def built(self, workflow_id: str, log: Log) -> str | None:
        begun = self._builds.of(workflow_id)
        if not begun:
            raise Unavailable("build_not_found", "CodeBuild has no build of this workflow")
        return self._came_of(begun[0], log)

    def image_at(self, reference: str) -> str | None:
        if parse(reference).digest is None:
            return None  # tags exist only after the push
        return reference if self._registry.digest(reference) else None

    def tag(self, image_id: str, reference: str) -> None:
        parse(reference)
        if self.image_at(image_id) is None:
            raise Rejected("no_such_image", f"the registry has no image {image_id}")

    def untag(self, reference: str) -> None:
        """Do nothing: tags exist only after the push, whose undo removes them."""

    def push(
        self,
        reference: str,
        credentials: Credentials | None,  # noqa: ARG002  (the registry adapter has its own)
        log: Log,
        stop: Stop,
        image_id: str | None = None,
    ) -> None:
        if image_id is None or repository_of(image_id) != repository_of(reference):
            raise Rejected(
                "no_such_image", f"{reference}: the built image is not in its repository"
            )
        if stop():
            raise Rejected("cancelled", "the push was stopped")
        digest = str(parse(image_id).digest)
        self._registry.set_tag(reference, digest)
        log(f"{reference}: digest: {digest}")

    def made_by(self, workflow_id: str, built: str | None = None) -> Sequence[Made]:
        """Return the workflow's running builds and its staged images."""
        running = [b.id for b in self._builds.of(workflow_id) if b.status == RUNNING]
        return [*(Made("build", each) for each in running), *self._staged(workflow_id, built)]

    def remove_made_by(self, workflow_id: str, built: str | None = None) -> None:
        """Stop builds first, so that nothing is pushed after the registry has been read."""
        for build in self._builds.of(workflow_id):
            if build.status == RUNNING:
                self._builds.stop(build)
        for image in self._staged(workflow_id, built):
            if not image.used_by:
                self._registry.delete(repository_of(image.name), str(parse(image.name).digest))
        for name in ("context.tar", "codebuild.json"):
            self._workspace.delete(_key(workflow_id, name))

    def managed(self) -> Sequence[Labelled]:
        """Return nothing: images are in the registry, and builds end at their time limit."""
        return ()

    def remove_stages(self, workflow_id: str, built: str) -> None:
        """Do nothing: intermediate images are discarded with the build's machine."""

    def _came_of(self, begun: Begun, log: Log) -> str | None:
        last: deque[str] = deque(maxlen=LAST_LINES)
        for line in self._lines(*begun.log) if begun.log else ():
            log(line)
            if is_of_the_build(line):
                last.append(line)
        if begun.status == RUNNING:
            return None
        if begun.status != "SUCCEEDED":
            raise self._failure(begun, "\n".join(last))
        digest = self._registry.digest(begun.image)
        if digest is None:
            raise Unavailable(
                "not_in_registry", f"{begun.image} was built but is not in the registry"
            )
        self._workspace.delete(_key(begun.workflow_id, "context.tar"))
        return f"{repository_of(begun.image)}@{digest}"

    def _failure(self, begun: Begun, last: str) -> StepError:
        if begun.status == "TIMED_OUT":
            return Rejected(
                "build_timeout",
                f"the build took longer than {self._place.limit_min} min",
                fix="shorten the build, or raise SLIPWAY_BUILD_LIMIT_MIN",
            )
        if begun.status == "STOPPED":
            return Rejected("build_stopped", f"{begun.id} was stopped externally")
        if begun.status == _FAULT:
            return Unavailable("build_fault", f"CodeBuild no longer has the build {begun.id}")
        phase, why = begun.failed_phase or ("", "")
        if phase == "BUILD":
            return Rejected("build_failed", last or why, fix="read the build's log")
        return Rejected(
            "builder_failed",
            f"CodeBuild failed in {phase}: {why}\n{last}",
            fix="check the role, the network and the registry's secret of the CodeBuild project",
        )

    def _staged(self, workflow_id: str, built: str | None) -> Iterator[Made]:
        """Yield the manifests under the staging tag that carry the workflow's label."""
        tag = staging_tag(workflow_id)
        for repository in self._repositories(workflow_id, built):
            digest = self._registry.digest(f"{repository}:{tag}")
            image_labels = self._registry.labels(repository, digest) if digest else {}
            if digest and image_labels.get(labels.WORKFLOW) == workflow_id:
                others = uses_of(self._registry, repository, digest, {tag})
                uses = tuple(Use("tag", f"{repository}:{other}") for other in others)
                yield Made("image", f"{repository}@{digest}", uses)

    def _repositories(self, workflow_id: str, built: str | None) -> Sequence[str]:
        """Return the repositories it may have pushed to, recorded before the first build."""
        noted = [b.image for b in self._builds.of(workflow_id)] + ([built] if built else [])
        key = _key(workflow_id, "codebuild.json")
        if key in self._workspace.keys(key):
            noted.append(json.loads(self._workspace.get(key)))
        return sorted({repository_of(each) for each in noted})


def _key(workflow_id: str, name: str) -> str:
    return object_key(workflow_id, _STEP, name)
