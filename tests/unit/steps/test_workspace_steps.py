"""The steps that only write into the workspace: analysis, Dockerfile, manifests."""

import json

import pytest
from tests.unit.steps.bench import ME, Bench

from slipway.saga import Rejected, StepStatus

WRITES = {
    "analyze_repository": {"source.tar.gz", "analysis.json"},
    "generate_dockerfile": {"Dockerfile", "dockerignore"},
    "generate_manifests": {"manifests.json"},
}


@pytest.mark.parametrize("step", WRITES)
def test_what_a_step_writes_is_what_its_undo_deletes(step: str) -> None:
    bench = Bench()
    bench.begin(step)
    before = bench.world(ME)

    done = bench.do(step)
    assert bench.keys(step) == WRITES[step]
    assert set(done.created) == {f"object:workflows/{ME}/{step}/{name}" for name in WRITES[step]}

    assert bench.undo(step).status is StepStatus.UNDONE
    assert bench.world(ME) == before


@pytest.mark.parametrize("step", WRITES)
def test_an_undo_of_a_step_that_never_began_touches_nothing(step: str) -> None:
    bench = Bench()
    bench.begin(step)
    before = bench.world(ME)

    assert bench.undo(step).status is StepStatus.PENDING
    assert bench.world(ME) == before


def test_a_source_that_was_only_half_written_is_deleted() -> None:
    bench = Bench()
    bench.begin("analyze_repository")
    bench.do_and_die("analyze_repository", after_call=2)
    assert bench.keys("analyze_repository") == {"source.tar.gz"}

    bench.undo("analyze_repository")

    assert bench.keys("analyze_repository") == set()


def test_the_chosen_component_is_told_to_the_later_steps() -> None:
    bench = Bench()
    bench.begin("analyze_repository")

    outputs = bench.do("analyze_repository").outputs

    assert outputs["component"]["framework"] == "flask"
    assert outputs["fetched"] == "version 1"


def test_a_source_that_nobody_can_read_is_refused_before_anything_is_written() -> None:
    bench = Bench()
    bench.source.files = {"notes.xyz": "nothing to run"}
    bench.begin("analyze_repository")

    with pytest.raises(Rejected, match="unknown_language"):
        bench.do("analyze_repository")

    assert bench.keys("analyze_repository") == set()


def test_the_labels_of_the_workflow_stand_in_the_dockerfile() -> None:
    bench = Bench()
    bench.begin("generate_dockerfile")

    bench.do("generate_dockerfile")

    text = bench.workspace.get(f"workflows/{ME}/generate_dockerfile/Dockerfile").decode()
    assert f'"slipway.dev/workflow"="{ME}"' in text


def test_the_manifests_name_the_image_by_the_digest_that_was_pushed() -> None:
    bench = Bench()
    bench.begin("generate_manifests")

    bench.do("generate_manifests")

    text = bench.workspace.get(f"workflows/{ME}/generate_manifests/manifests.json")
    deployment = next(m for m in json.loads(text) if m["kind"] == "Deployment")
    image = deployment["spec"]["template"]["spec"]["containers"][0]["image"]
    assert image.endswith("@" + bench.record("push_image").outputs["digest"])
