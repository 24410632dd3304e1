"""No credentials for anybody."""

from slipway.containerize.ports import Credentials


class Anonymous:
    def for_repository(self, repository: str) -> Credentials | None:  # noqa: ARG002  (the port's shape)
        return None
