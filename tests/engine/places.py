"""A namespace that was there before, with things that are somebody else's."""

from tests.engine.story import wait_until
from tests.engines.cluster_api import ClusterApi

PRICES = {"assam": "4.20", "sencha": "6.10"}


def make_full_namespace(cluster: ClusterApi, name: str) -> None:
    """It has a ConfigMap, and a quota that lets no pod in: whatever is deployed there fails.

    The cluster furnishes a new namespace by itself, a moment later: only then is it at rest.
    """
    cluster.call("POST", "/api/v1/namespaces", body={"metadata": {"name": name}})
    place = f"/api/v1/namespaces/{name}"
    note = {"metadata": {"name": "prices"}, "data": PRICES}
    quota = {"metadata": {"name": "full"}, "spec": {"hard": {"pods": "0"}}}
    cluster.call("POST", f"{place}/configmaps", body=note)
    cluster.call("POST", f"{place}/resourcequotas", body=quota)
    wait_until(lambda: _is_furnished(cluster, place))


def _is_furnished(cluster: ClusterApi, place: str) -> bool:
    accounts = cluster.items(f"{place}/serviceaccounts")
    notes = {note["metadata"]["name"] for note in cluster.items(f"{place}/configmaps")}
    quotas = cluster.items(f"{place}/resourcequotas")
    counted = all(quota.get("status", {}).get("hard") for quota in quotas)
    return bool(accounts) and "kube-root-ca.crt" in notes and counted
