"""What the cluster in memory offers to tests besides the port."""

from typing import Any

import pytest

from slipway.adapters.memory.cluster import MemoryCluster
from slipway.containerize.labels import labels_of
from slipway.containerize.manifests import ServiceSpec, namespace_manifest, render_manifests
from slipway.containerize.ports import ObjectRef
from slipway.containerize.restoration import note_before, put_back, read_all, ref_of
from slipway.saga.errors import Unavailable


class Storm:
    """Strikes at one effect, before or after it."""

    def __init__(self, when: str, effect: str) -> None:
        self.when, self.effect = when, effect

    def before(self, effect: str) -> None:
        self._strike("before", effect)

    def after(self, effect: str) -> None:
        self._strike("after", effect)

    def _strike(self, when: str, effect: str) -> None:
        if (when, effect) == (self.when, self.effect):
            raise Unavailable("storm", "the line is cut")


def shop(workflow_id: str, **changes: Any) -> list[dict[str, Any]]:
    image = f"registry.example/shop@sha256:{'0' * 64}"
    return render_manifests(ServiceSpec(workflow_id, "shop", "shop", image, 8080, **changes))


def deploy(cluster: MemoryCluster, workflow_id: str, **changes: Any) -> None:
    for manifest in shop(workflow_id, **changes):
        cluster.apply(manifest)


def opened(cluster: MemoryCluster) -> MemoryCluster:
    cluster.apply(namespace_manifest("shop", labels_of("wf_0", "shop")))
    return cluster


def test_a_storm_before_the_effect_leaves_no_effect() -> None:
    cluster = opened(MemoryCluster(Storm("before", "apply service:shop/shop")))

    with pytest.raises(Unavailable):
        deploy(cluster, "wf_1")

    assert "service:shop/shop" not in cluster.snapshot()


def test_a_storm_after_the_effect_leaves_the_effect() -> None:
    cluster = opened(MemoryCluster(Storm("after", "apply service:shop/shop")))

    with pytest.raises(Unavailable):
        deploy(cluster, "wf_1")

    assert "service:shop/shop" in cluster.snapshot()


def test_the_world_is_equal_after_a_second_version_was_undone_completely() -> None:
    cluster = opened(MemoryCluster())
    deploy(cluster, "wf_1")
    before = cluster.snapshot()
    notes = note_before(read_all(cluster, map(ref_of, shop("wf_2", replicas=2))))
    deploy(cluster, "wf_2", replicas=2)
    assert cluster.snapshot() != before

    put_back(cluster, "wf_2", notes)
    for ref in cluster.made_by("wf_2"):
        cluster.delete(ref)

    assert cluster.snapshot() == before


def test_a_failing_rollout_says_why_and_the_old_pods_stay() -> None:
    def second_fails(deployment: Any) -> tuple[str, str] | None:
        workflow = deployment["metadata"]["labels"]["slipway.dev/workflow"]
        return ("crash_loop", "it falls over") if workflow == "wf_2" else None

    cluster = opened(MemoryCluster(rollouts=second_fails))
    deploy(cluster, "wf_1")

    deploy(cluster, "wf_2")

    rollout = cluster.rollout(ObjectRef("apps/v1", "Deployment", "shop", "shop"))
    assert rollout.failure == ("crash_loop", "it falls over")
    assert cluster.probe("shop", "shop", 80, "/").status == 200


def test_a_namespace_takes_everything_in_it_along() -> None:
    cluster = opened(MemoryCluster())
    deploy(cluster, "wf_1")

    cluster.delete(ObjectRef("v1", "Namespace", "shop"))

    assert cluster.snapshot() == {}
