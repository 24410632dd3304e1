"""A tag of the registry that is not the app's own: where it was, unless asked for."""

from typing import Any

import pytest
from tests.faults.rig import REGISTRY, REPOSITORY
from tests.unit.steps.bench import ME, Bench

from slipway.containerize.labels import APP, INSTANCE, MANAGED_BY, MANAGER, WORKFLOW
from slipway.saga import Rejected, Status, StepStatus

KETTLE = "wf_aaaaaaaaaaaaaaaaaaaaaaaa"
THEIRS = f"{REGISTRY}/kettle:stable"
TAKING: dict[str, Any] = {"image": {"repository": f"{REGISTRY}/kettle", "tag": "stable"}}
OWN = {WORKFLOW: KETTLE, APP: "shop", MANAGED_BY: MANAGER}


def a_bench_with_a_kettle() -> tuple[Bench, str]:
    """Another app's image, pushed by its own workflow; its digest."""
    bench = Bench()
    bench.begin("generate_manifests", KETTLE, app={"name": "kettle"}, image={"tag": "stable"})
    digest = bench.registry.digest(THEIRS)
    assert digest
    bench.source.version = "2"
    return bench, digest


def labelled(bench: Bench, labels: dict[str, str]) -> None:
    """The tag that the shop will take names an image with these labels."""
    digest = "sha256:" + "7" * 64
    bench.images.manifests[REPOSITORY, digest] = labels
    bench.images.tags[REPOSITORY, "stable"] = digest


def test_the_tag_of_another_app_is_refused_before_anything_is_built() -> None:
    bench, theirs = a_bench_with_a_kettle()
    before = bench.world(ME)
    bench.begin("generate_dockerfile", **TAKING)

    with pytest.raises(Rejected, match="not_ours") as refused:
        bench.do("generate_dockerfile")

    assert THEIRS in refused.value.message
    assert "--adopt" in (refused.value.fix or "")
    assert refused.value.clean
    bench.undo("analyze_repository")
    assert bench.world(ME) == before
    assert bench.registry.digest(THEIRS) == theirs


def test_a_whole_workflow_that_wants_the_tag_of_another_app_ends_undone() -> None:
    bench, theirs = a_bench_with_a_kettle()

    ended = bench.run(bench.submit(ME, **TAKING, options={"deploy": False}))

    assert ended.workflow.status is Status.COMPENSATED
    assert ended.workflow.error
    assert ended.workflow.error.code == "not_ours"
    assert bench.registry.digest(THEIRS) == theirs


def test_a_tag_that_was_taken_during_the_build_is_not_pushed_over() -> None:
    bench = Bench()
    bench.begin("push_image", image={"tag": "stable"})
    labelled(bench, {"maintainer": "boris"})
    theirs = bench.registry.digest(f"{REPOSITORY}:stable")

    with pytest.raises(Rejected, match="not_ours") as refused:
        bench.do("push_image")

    assert refused.value.clean
    assert bench.record("push_image").status is StepStatus.FAILED
    assert bench.registry.digest(f"{REPOSITORY}:stable") == theirs


def test_a_tag_that_was_taken_between_two_attempts_is_not_pushed_over() -> None:
    bench = Bench()
    bench.begin("push_image", image={"tag": "stable"})
    bench.do_and_die("push_image", after_call=1)
    labelled(bench, {"maintainer": "boris"})
    theirs = bench.registry.digest(f"{REPOSITORY}:stable")

    with pytest.raises(Rejected, match="not_ours"):
        bench.do("push_image")
    bench.undo("push_image")

    assert bench.registry.digest(f"{REPOSITORY}:stable") == theirs


@pytest.mark.parametrize(
    "labels",
    [
        {},
        {APP: "shop"},
        {MANAGED_BY: MANAGER},
        {**OWN, APP: "kettle"},
    ],
    ids=["none", "only the app", "only managed", "another app"],
)
def test_a_tag_without_the_labels_of_this_app_is_somebody_elses(labels: dict[str, str]) -> None:
    bench = Bench()
    labelled(bench, labels)
    bench.begin("generate_dockerfile", image={"tag": "stable"})

    with pytest.raises(Rejected, match="not_ours"):
        bench.do("generate_dockerfile")


@pytest.mark.parametrize("labels", [OWN, {**OWN, INSTANCE: "of-boris"}])
def test_the_apps_own_tag_moves_whichever_installation_made_it(labels: dict[str, str]) -> None:
    bench = Bench()
    bench.instead["instance"] = "of-anna"
    labelled(bench, labels)
    before = bench.registry.digest(f"{REPOSITORY}:stable")
    bench.begin("push_image", image={"tag": "stable"})

    pushed = bench.do("push_image")

    assert pushed.adopted == (f"tag:{REPOSITORY}:stable",)
    assert bench.registry.digest(f"{REPOSITORY}:stable") == pushed.outputs["digest"]
    bench.undo("push_image")
    assert bench.registry.digest(f"{REPOSITORY}:stable") == before


def test_what_is_taken_over_when_asked_names_their_image_again_after_an_undo() -> None:
    bench, theirs = a_bench_with_a_kettle()
    bench.begin("push_image", **TAKING, options={"adopt": True})

    digest = bench.do("push_image").outputs["digest"]

    assert bench.registry.digest(THEIRS) == digest != theirs
    bench.undo("push_image")
    assert bench.registry.digest(THEIRS) == theirs
