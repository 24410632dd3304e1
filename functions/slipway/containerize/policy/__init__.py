"""What may be built and what may not."""

from slipway.containerize.policy.application import application_findings
from slipway.containerize.policy.dockerfile import blocking, dockerfile_findings
from slipway.containerize.policy.finding import Finding

__all__ = ["Finding", "application_findings", "blocking", "dockerfile_findings"]
