"""The API server as dictionaries, for tests that look at a cluster from outside."""

import json
import math
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kubernetes import config
from kubernetes.client.exceptions import ApiException

GONE_WITHIN_S = 120
NOT_FOUND = 404


class ClusterApi:
    def __init__(self, kubeconfig: Path) -> None:
        self._client: Any = config.new_client_from_config(str(kubeconfig))

    def close(self) -> None:
        self._client.close()

    def call(
        self, method: str, path: str, query: dict[str, str] | None = None, body: Any = None
    ) -> dict[str, Any]:
        """Return the answer's JSON. Raise `ApiException` for any status but 2xx."""
        response = self._raw(method, path, query or {}, body)
        answer: dict[str, Any] = json.loads(response.data)
        return answer

    def ask_service(self, namespace: str, name: str, port: int, path: str) -> str:
        """Return what it answers through the API server. Raise as `call` does."""
        proxy = f"/api/v1/namespaces/{namespace}/services/http:{name}:{port}/proxy{path}"
        return str(self._raw("GET", proxy, {}).data.decode())

    def ask_pod(self, namespace: str, name: str, port: int, path: str) -> str:
        """As `ask_service`, also before it is ready."""
        proxy = f"/api/v1/namespaces/{namespace}/pods/http:{name}:{port}/proxy{path}"
        return str(self._raw("GET", proxy, {}).data.decode())

    def items(self, path: str) -> list[dict[str, Any]]:
        return list(self.call("GET", path)["items"])

    def listable(self) -> Iterator[tuple[str, str]]:
        """Give the path and the plural of every namespaced kind that can be listed."""
        groups = self.call("GET", "/apis")["groups"]
        for path in [
            "/api/v1",
            *(f"/apis/{g['preferredVersion']['groupVersion']}" for g in groups),
        ]:
            for kind in self.call("GET", path)["resources"]:
                if kind["namespaced"] and "list" in kind["verbs"]:
                    yield path, kind["name"]

    def remove_namespace(self, name: str, within_s: float = GONE_WITHIN_S) -> None:
        """Remove it with all that is in it and return when it is gone; none there is well, too.

        Raise `TimeoutError` when it is still there after `within_s`, and never before.
        """
        path, ends_at = f"/api/v1/namespaces/{name}", time.monotonic() + within_s
        before = self._namespace(path)
        if before is None:
            return
        self._unless_absent("DELETE", path)
        while (now := self._namespace(path)) and now["uid"] == before["uid"]:
            left_s = ends_at - time.monotonic()
            if left_s <= 0:
                raise TimeoutError(f"namespace {name} is still there after {within_s:.0f} s")
            self._watch_until_gone(name, now["resourceVersion"], left_s)

    def _namespace(self, path: str) -> dict[str, Any] | None:
        found = self._unless_absent("GET", path)
        return found and dict(found["metadata"])

    def _unless_absent(self, method: str, path: str) -> dict[str, Any] | None:
        try:
            return self.call(method, path)
        except ApiException as error:
            if error.status != NOT_FOUND:
                raise
            return None

    def _watch_until_gone(self, name: str, since: str, within_s: float) -> None:
        """Also a server that restarts or has forgotten `since` ends a watch, long before its time.

        What has become of the namespace is therefore asked, and not read from the watch.
        """
        query = {
            "watch": "1",
            "fieldSelector": f"metadata.name={name}",
            "resourceVersion": since,
            "timeoutSeconds": str(math.ceil(within_s)),
        }
        response = self._raw("GET", "/api/v1/namespaces", query)
        try:
            for line in response:
                if json.loads(line)["type"] == "DELETED":
                    return
        finally:
            response.release_conn()

    def _raw(self, method: str, path: str, query: dict[str, str], body: Any = None) -> Any:
        return self._client.call_api(
            path,
            method,
            query_params=list(query.items()),
            header_params={"Accept": "*/*", "Content-Type": "application/json"},
            body=body,
            auth_settings=["BearerToken"],
            _preload_content=False,
            _return_http_data_only=True,
        )
