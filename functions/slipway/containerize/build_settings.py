"""Settings for all builds of an installation: base image mirror, package mirrors, limits."""

from collections.abc import Mapping
from dataclasses import dataclass, field

FROM_HOST = "from-host"
"""Value of SLIPWAY_MIRRORS: use the mirrors that this machine's package managers use."""
LONGEST_BUILD_MIN = 480
"""Upper bound of SLIPWAY_BUILD_LIMIT_MIN: the task of a build waits no longer."""
LONGEST_QUEUE_MIN = 30
"""How long a build may be queued before it starts."""


@dataclass(frozen=True)
class BuildSettings:
    """`base_images`: the prefix or map that base images are pulled through.

    `args` are build arguments that name package mirrors; none of them holds a secret.
    """

    base_images: str | None = None
    args: Mapping[str, str] = field(default_factory=dict)
    network: str | None = None
