"""Where an image goes: the repository and tag of a workflow."""

from dataclasses import dataclass

from slipway.messages.requests import ContainerizeRequest
from slipway.saga.errors import Rejected


@dataclass(frozen=True)
class Target:
    """`registry` is the configured `host[:port][/path]`, None when there is none."""

    registry: str | None

    def repository(self, request: ContainerizeRequest) -> str:
        if request.image.repository:
            return request.image.repository
        if self.registry is None:
            raise Rejected(
                "no_registry",
                "there is no registry to push to",
                fix="set SLIPWAY_REGISTRY, or image.repository in the request",
                clean=True,
            )
        return f"{self.registry.rstrip('/')}/{request.app.name}"

    def reference(self, request: ContainerizeRequest, workflow_id: str) -> str:
        """The default tag is the workflow's id: it names one image, for ever."""
        return f"{self.repository(request)}:{request.image.tag or workflow_id}"
