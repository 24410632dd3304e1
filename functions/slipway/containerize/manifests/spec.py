"""ServiceSpec: the input for rendering the manifests of one workflow's service."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from slipway.messages.requests import Ingress
from slipway.saga.errors import Rejected

_BY_DIGEST = re.compile(r"^[^\s@]+@sha256:[0-9a-f]{64}$")


@dataclass(frozen=True)
class ServiceSpec:
    """`image` is `host/repository@sha256:…`. `services` are the databases and queues it talks to.

    `env` holds plain values; PORT is always set to `port`. `env_from` names the Secret that holds
    the settings with the names in `secret_env`. `user_id` is the image's USER.
    `strict`: pods may connect only to DNS and the detected services.
    Raises Rejected for an image that is not named by digest or that runs as root.
    """

    workflow_id: str
    name: str
    namespace: str
    image: str
    port: int
    health_path: str | None = None
    replicas: int = 1
    env: Mapping[str, str] = field(default_factory=dict)
    secret_env: Sequence[str] = ()
    env_from: str | None = None
    user_id: int = 10001
    pull_secret: str | None = None
    ingress: Ingress | None = None
    services: Sequence[str] = ()
    strict: bool = False
    instance: str | None = None

    def __post_init__(self) -> None:
        if not _BY_DIGEST.fullmatch(self.image):
            raise Rejected("image_without_digest", f"{self.image} does not name a digest")
        if self.user_id < 1:
            raise Rejected(
                "image_runs_as_root",
                f"the image of {self.name} runs as root, which the cluster's policy refuses",
                fix="end the Dockerfile with a numeric USER, such as USER 10001",
            )
