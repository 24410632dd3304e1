"""Dispatch each request to a stored object, or to the function of its route."""

import json
import logging
from collections.abc import Callable, Collection, Iterable
from http import HTTPStatus
from pathlib import Path
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from slipway_local.front import framing
from slipway_local.front.guard import Guard
from slipway_local.front.objects import Objects
from slipway_local.front.problems import defect, disk_full, no_route, problem
from slipway_local.front.proxy_answer import response_of
from slipway_local.front.proxy_event import proxy_event
from slipway_local.front.routes import Routes
from slipway_local.functions.invocation import Invoke

MAX_BODY_BYTES = 10 * 1024 * 1024
"""API Gateway's limit; sources go to S3."""
_log = logging.getLogger("slipway.front")


class Application:
    """WSGI application. Objects are at `/<bucket>/<key>`, with a signature instead of a token.

    `full_disk` returns the file for which the disk has no room, or None.
    """

    def __init__(
        self,
        routes: Routes,
        invoke: Invoke,
        guard: Guard,
        objects: Objects,
        buckets: Collection[str],
        full_disk: Callable[[], Path | None],
    ) -> None:
        self._routes, self._invoke, self._guard = routes, invoke, guard
        self._objects, self._buckets = objects, buckets
        self._full_disk = full_disk

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        return self.answer(Request(environ))(environ, start_response)

    def answer(self, request: Request) -> Response:
        """Never raises: every error becomes a problem document."""
        response = self._answer(request)
        failed = response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
        full = self._full_disk() if failed else None
        return disk_full(full) if full else response

    def _answer(self, request: Request) -> Response:
        try:
            return self._served(request)
        except HTTPException as error:
            return problem(error.code or 500, error.description)
        except Exception:  # noqa: BLE001  (the last handler before the server)
            _log.exception("defect", extra={"method": request.method, "path": request.path})
            return defect()

    def _served(self, request: Request) -> Response:
        if request.path.split("/")[1] in self._buckets:
            refused = self._guard.refusal(request, public=True)
            return refused or self._objects.answer(request)
        path = request.environ["REQUEST_URI"].partition("?")[0]
        found = self._routes.find(request.method, path)
        refused = self._guard.refusal(request, public=found is not None and found[0].public)
        if refused or found is None:
            return refused or no_route(self._routes.methods(path))
        refused = framing.refusal(request, MAX_BODY_BYTES)
        if refused:
            return refused
        route, parameters = found
        event = proxy_event(request, route, parameters)
        return response_of(self._invoke(route.function, json.dumps(event)))
