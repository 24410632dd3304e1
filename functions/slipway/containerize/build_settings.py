"""What a company sets for all of its builds."""

from collections.abc import Mapping
from dataclasses import dataclass, field

FROM_HOST = "from-host"
"""As SLIPWAY_MIRRORS: what the package managers of this machine are set to."""
LONGEST_BUILD_MIN = 480
"""What SLIPWAY_BUILD_LIMIT_MIN may be at most: the task of a build waits no longer."""
LONGEST_QUEUE_MIN = 30
"""How long a build may wait for a machine before that."""


@dataclass(frozen=True)
class BuildSettings:
    """`base_images`: the prefix or map that base images are pulled through.

    `args` are build arguments that name package mirrors; none of them holds a secret.
    """

    base_images: str | None = None
    args: Mapping[str, str] = field(default_factory=dict)
    network: str | None = None
