"""Putting an object back without owning it for ever."""

from typing import Any

from slipway.adapters.kubernetes_restore import as_applied, content, over, without_addresses

BEFORE = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "web", "uid": "1", "resourceVersion": "5", "labels": {"a": "b"}},
    "spec": {"clusterIP": "10.0.0.1", "clusterIPs": ["10.0.0.1"], "ports": []},
    "status": {"loadBalancer": {}},
}


def test_what_the_server_gives_is_left_to_it() -> None:
    assert content(BEFORE)["metadata"] == {"name": "web", "labels": {"a": "b"}}
    assert "status" not in content(BEFORE)


def test_the_object_goes_over_exactly_the_version_that_was_seen() -> None:
    present = {"metadata": {"uid": "2", "resourceVersion": "9"}}

    body = over(present, BEFORE)

    assert body["metadata"] == {
        "name": "web",
        "labels": {"a": "b"},
        "uid": "2",
        "resourceVersion": "9",
    }


def test_an_address_that_is_taken_can_be_left_out() -> None:
    assert without_addresses(BEFORE)["spec"] == {"ports": []}


def test_what_our_put_touched_counts_as_applied_and_others_keep_theirs() -> None:
    kubectl = {"manager": "kubectl", "operation": "Update", "fieldsV1": {"f:x": {}}}
    scaler = {"manager": "slipway", "subresource": "scale", "operation": "Update"}
    applied = {"manager": "slipway", "operation": "Apply", "fieldsV1": {"f:s": {"f:a": {}}}}
    updated = {"manager": "slipway", "operation": "Update", "fieldsV1": {"f:s": {"f:b": {}}}}

    managed = owners([kubectl, applied, scaler, updated])

    both: dict[str, Any] = {"f:s": {"f:a": {}, "f:b": {}}}
    assert managed == [kubectl, scaler, {**applied, "fieldsV1": both}]


def test_where_we_own_nothing_nothing_changes() -> None:
    kubectl = {"manager": "kubectl", "operation": "Update", "fieldsV1": {"f:x": {}}}

    assert owners([kubectl]) == [kubectl]


def owners(managed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    stored = {"kind": "ConfigMap", "metadata": {"name": "note", "managedFields": managed}}
    return list(as_applied(stored)["metadata"]["managedFields"])
