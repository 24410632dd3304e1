"""What others use, or a person may need, stays, and the sweep says why."""

import pytest
from tests.faults.rig import REPOSITORY, Rig
from tests.faults.worlds import an_object
from tests.unit.recovery.test_sweep import (
    FORGOTTEN,
    LEFT,
    ME,
    REJECTED,
    forgotten,
    swept,
    told,
    with_leftovers,
)

from slipway.adapters.memory.images import Image
from slipway.containerize.labels import labels_of
from slipway.containerize.staging import staging_tag
from slipway.containerize.workspace_keys import is_audit, snapshot_key
from slipway.saga.testing import Fault, Saboteur


def test_a_manifest_that_somebody_tagged_and_a_namespace_that_somebody_lives_in_stay() -> None:
    rig = Rig()
    forgotten(rig)
    repository = f"{REPOSITORY}/old"
    digest = rig.registry.digest(f"{repository}:1")
    assert digest is not None
    rig.registry.set_tag(f"{repository}:stable", digest)
    rig.cluster.apply(an_object("v1", "ConfigMap", "prices", "old", {}))

    report = swept(rig)

    kept = {item.kind: item.detail for item in report.items if item.state == "kept"}
    assert kept == {
        "manifest": "in use by the tag stable",
        "namespace": "the namespace is in use by other objects",
    }
    assert rig.registry.tags(repository) == ["1", "stable"]


@pytest.mark.parametrize("known", [True, False], ids=["with leftovers", "forgotten"])
def test_the_tag_under_which_a_builder_staged_an_image_is_nobody_elses(known: bool) -> None:
    """CodeBuild has no store of images: it pushes under a tag of the workflow's own."""
    rig = Rig()
    (with_leftovers if known else forgotten)(rig)
    workflow_id, tag = (LEFT, LEFT) if known else (FORGOTTEN, "1")
    repository = REPOSITORY if known else f"{REPOSITORY}/old"
    digest = rig.registry.digest(f"{repository}:{tag}")
    assert digest is not None
    rig.registry.set_tag(f"{repository}:{staging_tag(workflow_id)}", digest)

    report = swept(rig)

    assert ("removed", "manifest") in told(report)
    assert rig.registry.tags(repository) == []


def test_what_was_there_before_the_workflow_is_never_deleted() -> None:
    """Its undo could not put it back, and it still carries the workflow's label."""
    rig = Rig()
    rig.cluster.apply(an_object("v1", "Namespace", "shop", None, {"team": "boris"}))
    rig.cluster.apply(an_object("v1", "ServiceAccount", "shop", "shop", {"team": "boris"}))
    undo = Fault("prepare_cluster", "unavailable", "before", "compensate")
    asked = rig.submit(LEFT, options={"adopt": True})
    rig.run(asked, Saboteur(Saboteur(rig.runner, REJECTED), undo))

    report = swept(rig)

    kept = {item.kind: item.detail for item in report.items if item.state == "kept"}
    assert kept == {"serviceaccount": "it existed before"}


def test_the_only_copy_of_what_was_not_restored_is_kept_for_a_person() -> None:
    rig = Rig()
    with_leftovers(rig)
    copy = snapshot_key(LEFT, "deployment.json")
    rig.workspace.put(copy, b"{}")
    rig.workspace.put(snapshot_key(FORGOTTEN, "deployment.json"), b"{}")

    swept(rig)

    assert list(rig.workspace.keys(snapshot_key(LEFT))) == [copy]
    assert list(rig.workspace.keys(snapshot_key(FORGOTTEN))) == []


def test_reports_and_logs_are_kept() -> None:
    rig = Rig()
    with_leftovers(rig)

    swept(rig)

    keys = list(rig.workspace.keys(f"workflows/{LEFT}/"))
    assert keys
    assert all(is_audit(LEFT, key) for key in keys)


def test_the_tag_that_a_forgotten_workflow_gave_goes_and_one_of_somebody_stays() -> None:
    rig = Rig()
    labels = labels_of(FORGOTTEN, "old", ME)
    for name, reference in (("own", f"{REPOSITORY}:{FORGOTTEN}"), ("used", f"{REPOSITORY}:live")):
        rig.images.images.put(Image(f"sha256:{name}", None, labels))
        rig.images.images.tag(f"sha256:{name}", reference)

    report = swept(rig)

    states = {item.name: (item.state, item.detail) for item in report.items}
    assert states["sha256:own"] == ("removed", None)
    assert states["sha256:used"] == ("kept", f"in use by the tag {REPOSITORY}:live")
