"""The push target of an image: repository and tag of a workflow."""

from collections.abc import Sequence
from dataclasses import dataclass

from slipway.containerize.reference import host_of
from slipway.messages.requests import ContainerizeRequest
from slipway.saga.errors import Rejected


@dataclass(frozen=True)
class Target:
    """`registry` is the configured `host[:port][/path]`, None when there is none.

    `further` are other hosts that a request may name. The server connects to an image's host with
    its credentials, so the operator has to allow each host.
    """

    registry: str | None
    further: Sequence[str] = ()

    def repository(self, request: ContainerizeRequest) -> str:
        """Raises Rejected("registry_not_allowed"), which names the field, or "no_registry"."""
        if request.image.repository:
            self.check_host(request.image.repository)
            return request.image.repository
        if self.registry is None:
            raise Rejected(
                "no_registry",
                "there is no registry to push to",
                fix="set SLIPWAY_REGISTRY",
                clean=True,
            )
        return f"{self.registry.rstrip('/')}/{request.app.name}"

    def reference(self, request: ContainerizeRequest, workflow_id: str) -> str:
        """The default tag is the workflow's id, so it only ever names one image."""
        return f"{self.repository(request)}:{request.image.tag or workflow_id}"

    @property
    def hosts(self) -> Sequence[str]:
        own = [self.registry.partition("/")[0]] if self.registry else []
        return [*own, *self.further]

    def check_host(self, repository: str, field: str = "image.repository") -> None:
        """Raises Rejected("registry_not_allowed"), which names the field."""
        host, known = host_of(repository), self.hosts
        if host not in known:
            raise Rejected(
                "registry_not_allowed",
                f"{field}: {host} is not a registry of this installation",
                fix=f"name one of {', '.join(known)}, or leave {field} out; others are"
                " allowed by SLIPWAY_REGISTRIES_ALLOWED"
                if known
                else "set SLIPWAY_REGISTRY, or SLIPWAY_REGISTRIES_ALLOWED",
                clean=True,
            )
