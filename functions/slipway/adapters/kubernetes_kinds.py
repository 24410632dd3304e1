"""Discover the kinds of objects that a cluster has, and their API paths."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from slipway.adapters.kubernetes_client import ApiServer
from slipway.containerize.ports import ObjectRef
from slipway.saga.errors import Rejected, Unavailable

_ACCEPT = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
_ACCEPT_OLDER = "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList"


@dataclass(frozen=True)
class Kind:
    """A kind in one API version; `plural` is its name in paths."""

    api_version: str
    name: str
    plural: str
    namespaced: bool
    verbs: frozenset[str]

    def path(self, namespace: str | None = None, name: str | None = None) -> str:
        root = "/apis" if "/" in self.api_version else "/api"
        place = f"/namespaces/{namespace}" if namespace and self.namespaced else ""
        return f"{root}/{self.api_version}{place}/{self.plural}" + (f"/{name}" if name else "")


class Kinds:
    """Caches API discovery, and repeats it for an unknown kind, which may have been added."""

    def __init__(self, api: ApiServer) -> None:
        self._api = api
        self._known: dict[tuple[str, str], Kind] = {}

    def find(self, api_version: str, name: str) -> Kind | None:
        if (api_version, name) not in self._known:
            self._ask()
        return self._known.get((api_version, name))

    def path(self, ref: ObjectRef) -> str | None:
        kind = self.find(ref.api_version, ref.kind)
        return kind.path(ref.namespace, ref.name) if kind else None

    def inhabiting(self) -> list[Kind]:
        """Return every kind of object that can be created in a namespace, in one version each."""
        self._ask()
        chosen: dict[tuple[str, str], Kind] = {}
        for kind in self._known.values():
            group = kind.api_version.rpartition("/")[0]
            if kind.namespaced and {"list", "create"} <= kind.verbs:
                chosen.setdefault((group, kind.plural), kind)
        return list(chosen.values())

    def _ask(self) -> None:
        found = [kind for root in ("/api", "/apis") for kind in _kinds(self._listed(root))]
        self._known = {(kind.api_version, kind.name): kind for kind in found}

    def _listed(self, root: str) -> Mapping[str, Any]:
        listed = self._api.call("GET", root, accept=f"{_ACCEPT},{_ACCEPT_OLDER}")
        if listed.get("kind") != "APIGroupDiscoveryList":
            raise Rejected("cluster_too_old", "the cluster is older than Kubernetes 1.27")
        return listed


def _kinds(listed: Mapping[str, Any]) -> Iterator[Kind]:
    for group in listed["items"]:
        name = group["metadata"].get("name", "")
        for version in group["versions"]:
            api_version = f"{name}/{version['version']}" if name else version["version"]
            if version.get("freshness") == "Stale":
                raise Unavailable(
                    "cluster_unreachable",
                    f"the cluster currently cannot list the resources of {api_version}",
                    fix="find the unavailable API service with `kubectl get apiservices`",
                )
            yield from (_kind(api_version, r) for r in version.get("resources") or ())


def _kind(api_version: str, resource: Mapping[str, Any]) -> Kind:
    return Kind(
        api_version,
        (resource.get("responseKind") or {}).get("kind", ""),
        resource["resource"],
        resource["scope"] == "Namespaced",
        frozenset(resource["verbs"]),
    )
