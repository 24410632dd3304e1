"""What may be built and what may not."""

from slipway.containerize.policy.dockerfile import blocking, dockerfile_findings
from slipway.containerize.policy.finding import Finding

__all__ = ["Finding", "blocking", "dockerfile_findings"]
