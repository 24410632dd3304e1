"""A credential store without credentials: every registry is accessed anonymously."""

from slipway.containerize.ports import Credentials


class Anonymous:
    def for_repository(self, repository: str) -> Credentials | None:  # noqa: ARG002  (required by the port)
        return None
