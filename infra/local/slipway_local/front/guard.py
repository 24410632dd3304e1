"""Access control of the front: only programs of this user, which can read the token's file.

Web pages must not have access. They do not know the token, but their host names can resolve to
this machine (DNS rebinding), so the host must be ours, too, and no response allows another origin.
"""

import secrets
from collections.abc import Collection

from werkzeug.wrappers import Request, Response

from slipway_local.front.problems import problem


class Guard:
    def __init__(self, token: str, hosts: Collection[str]) -> None:
        self._token = token
        self._hosts = hosts

    def refusal(self, request: Request, *, public: bool) -> Response | None:
        """Return None to let the request pass."""
        origin = request.headers.get("Origin")
        if request.host not in self._hosts:
            return problem(421, f"this is {min(self._hosts)}, not {request.host}")
        if origin is not None and origin.removeprefix("http://") not in self._hosts:
            return problem(403, "requests from web pages of other origins are refused")
        if public or self._knows_the_token(request):
            return None
        refused = problem(401, "the request has no valid token")
        refused.headers["WWW-Authenticate"] = "Bearer"
        return refused

    def _knows_the_token(self, request: Request) -> bool:
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        return scheme.lower() == "bearer" and secrets.compare_digest(
            given.strip().encode(), self._token.encode()
        )
