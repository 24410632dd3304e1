"""Policy checks of Dockerfiles and applications, and which findings block a build."""

from slipway.containerize.policy.application import application_findings
from slipway.containerize.policy.dockerfile import blocking, dockerfile_findings
from slipway.containerize.policy.finding import Finding

__all__ = ["Finding", "application_findings", "blocking", "dockerfile_findings"]
