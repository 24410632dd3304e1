"""The cluster is put back as it was, and what is somebody else's is left alone."""

import json
from typing import Any

from slipway.adapters.memory.cluster import MemoryCluster
from slipway.containerize.labels import WORKFLOW
from slipway.containerize.ports import ObjectRef
from slipway.containerize.restoration import (
    Note,
    is_restored,
    note_before,
    put_back,
    read_all,
    ref_of,
    resources,
)

ME = "wf_me"
PRICES = ObjectRef("v1", "ConfigMap", "prices", "shop")


def a_cluster() -> MemoryCluster:
    cluster = MemoryCluster()
    cluster.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}})
    return cluster


def prices(kettle: str, workflow_id: str | None = None, kind: str = "ConfigMap") -> dict[str, Any]:
    labels = {WORKFLOW: workflow_id} if workflow_id else {}
    metadata = {"name": "prices", "namespace": "shop", "labels": labels}
    return {"apiVersion": "v1", "kind": kind, "metadata": metadata, "data": {"kettle": kettle}}


def noted(cluster: MemoryCluster) -> list[Note]:
    """As they come back from the write table."""
    notes: list[Note] = json.loads(json.dumps(note_before(read_all(cluster, [PRICES]))))
    return notes


def test_what_was_changed_is_restored_and_only_once() -> None:
    cluster = a_cluster()
    cluster.apply(prices("49"))
    before, notes = cluster.snapshot(), noted(cluster)
    cluster.apply(prices("59", ME))

    put_back(cluster, ME, notes)
    restored = cluster.read(PRICES)
    put_back(cluster, ME, notes)

    assert cluster.snapshot() == before
    assert cluster.read(PRICES) == restored


def test_what_was_made_is_deleted() -> None:
    cluster = a_cluster()
    before, notes = cluster.snapshot(), noted(cluster)
    cluster.apply(prices("49", ME))

    put_back(cluster, ME, notes)

    assert cluster.snapshot() == before


def test_what_somebody_else_made_under_our_name_stays() -> None:
    cluster = a_cluster()
    notes = noted(cluster)
    cluster.apply(prices("39", "wf_boris"))

    put_back(cluster, ME, notes)

    assert cluster.read(PRICES) is not None


def test_what_somebody_else_changed_and_we_never_touched_keeps_the_change() -> None:
    cluster = a_cluster()
    cluster.apply(prices("49"))
    notes = noted(cluster)
    cluster.apply(prices("39"))

    put_back(cluster, ME, notes)

    now = cluster.read(PRICES)
    assert now is not None
    assert now["data"] == {"kettle": "39"}


def test_what_was_there_and_is_gone_is_made_again() -> None:
    cluster = a_cluster()
    cluster.apply(prices("49"))
    before, notes = cluster.snapshot(), noted(cluster)
    cluster.delete(PRICES)

    put_back(cluster, ME, notes)

    assert cluster.snapshot() == before


def test_the_content_of_a_secret_is_never_noted() -> None:
    cluster = a_cluster()
    cluster.apply(prices("c2VjcmV0", kind="Secret"))

    notes = note_before(read_all(cluster, [ref_of(prices("", kind="Secret"))]))

    assert (notes[0]["existed"], notes[0]["before"]) == (True, None)
    assert "c2VjcmV0" not in json.dumps(notes)


def test_resources_are_told_by_whether_they_existed() -> None:
    cluster = a_cluster()
    notes = note_before(read_all(cluster, [ObjectRef("v1", "Namespace", "shop"), PRICES]))

    assert resources(notes, existed=True) == ("namespace:shop",)
    assert resources(notes, existed=False) == ("configmap:shop/prices",)


def test_a_revision_that_counts_on_is_no_difference() -> None:
    before, now = prices("49"), prices("49")
    before["metadata"]["annotations"] = {"deployment.kubernetes.io/revision": "1"}
    now["metadata"]["annotations"] = {"deployment.kubernetes.io/revision": "3"}
    now["metadata"]["resourceVersion"] = "77"

    assert is_restored(before, now)
    assert not is_restored(before, prices("59"))
    assert not is_restored(before, None)
