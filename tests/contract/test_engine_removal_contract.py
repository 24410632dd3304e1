"""What an engine removes for a workflow, and what stays because somebody else uses it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.contract.engines import ENGINES, Workshop, ignore, never, open_workshop


@pytest.fixture(params=ENGINES)
def workshop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Workshop]:
    yield from open_workshop(request.param, request, tmp_path)


def used_by(workshop: Workshop, workflow: str, built: str | None = None) -> set[str]:
    made = workshop.engine.made_by(workflow, built)
    return {str(use) for each in made for use in each.used_by}


def test_removal_takes_all_that_was_made_and_may_run_twice(workshop: Workshop) -> None:
    engine, workflow = workshop.engine, workshop.workflow()
    image = workshop.build(workflow, "RUN echo first", "RUN echo second")

    engine.remove_made_by(workflow, image)
    engine.remove_made_by(workflow, image)

    assert engine.made_by(workflow, image) == []
    assert engine.image_at(image) is None


def test_what_a_push_left_goes_when_the_tag_has_moved_on(workshop: Workshop) -> None:
    engine, reference = workshop.engine, f"{workshop.repository()}:1"
    workflow, before = workshop.workflow(), workshop.build(workshop.workflow(), "RUN echo before")
    image = workshop.build(workflow, "RUN echo pushed")
    workshop.tag(image, reference)
    engine.push(reference, None, ignore, never)
    engine.tag(before, reference)

    engine.remove_made_by(workflow, image)

    assert engine.made_by(workflow, image) == []
    assert engine.image_at(reference) == before
    assert workshop.registry.digest(reference)


def test_an_image_with_a_tag_stays_with_what_it_stands_on(workshop: Workshop) -> None:
    engine, workflow, theirs = workshop.engine, workshop.workflow(), f"{workshop.repository()}:mine"
    image = workshop.build(workflow, "RUN echo tagged")
    workshop.tag(image, theirs)
    before = engine.made_by(workflow, image)

    engine.remove_made_by(workflow, image)

    assert engine.image_at(theirs) == image
    assert engine.made_by(workflow, image) == before
    assert used_by(workshop, workflow, image) == {f"the tag {theirs}"}
    assert all(made.used_by for made in before)


def test_a_layer_beside_the_tagged_one_goes(workshop: Workshop) -> None:
    """An earlier attempt of the build went another way than the one that ended well."""
    engine, workflow, theirs = workshop.engine, workshop.workflow(), f"{workshop.repository()}:mine"
    beside = workshop.build(workflow, "RUN echo another way")
    image = workshop.build(workflow, "RUN echo the way")
    workshop.tag(image, theirs)

    engine.remove_made_by(workflow, image)

    assert engine.image_at(beside) is None
    assert engine.image_at(theirs) == image


def test_what_somebody_built_upon_the_image_is_theirs_and_keeps_it(workshop: Workshop) -> None:
    engine, workflow = workshop.engine, workshop.workflow()
    image = workshop.build(workflow, "RUN echo base")
    upon = workshop.build_upon(image, "RUN echo upon it")
    name = f"{workshop.repository()}:derived"
    workshop.tag(upon, name)

    engine.remove_made_by(workflow, image)

    assert engine.image_at(name) == upon
    assert engine.image_at(image) == image
    assert upon not in {made.name for made in engine.made_by(workflow, image)}
    assert used_by(workshop, workflow, image) == {f"the image {name}"}


def test_an_image_of_another_workflow_upon_it_keeps_it_too(workshop: Workshop) -> None:
    engine, mine, theirs = workshop.engine, workshop.workflow(), workshop.workflow()
    base = workshop.build(mine, "RUN echo base")
    kept = workshop.build(theirs, "RUN echo upon it", base=base)

    engine.remove_made_by(mine, base)
    assert engine.image_at(kept) == kept
    assert used_by(workshop, mine, base)

    engine.remove_made_by(theirs, kept)
    engine.remove_made_by(mine, base)
    assert engine.made_by(mine, base) == []


def test_a_container_of_somebody_stays_with_its_image_whatever_its_tag(workshop: Workshop) -> None:
    engine, workflow, repository = workshop.engine, workshop.workflow(), workshop.repository()
    image = workshop.build(workflow, "RUN echo run me")
    for tag in ("1", "2"):
        workshop.tag(image, f"{repository}:{tag}")
    container = workshop.run(f"{repository}:1")

    engine.untag(f"{repository}:1")
    engine.untag(f"{repository}:2")
    engine.remove_made_by(workflow, image)

    assert engine.image_at(f"{repository}:1") is None
    assert engine.image_at(f"{repository}:2") == image, "the only name of what is in use"
    assert used_by(workshop, workflow, image) == {
        f"the container {container}",
        f"the tag {repository}:2",
    }
    assert {made.kind for made in engine.made_by(workflow, image)} == {"image"}
    workshop.release()


def test_the_stages_of_a_build_go_and_its_result_stays(workshop: Workshop) -> None:
    engine, workflow = workshop.engine, workshop.workflow()
    stage = workshop.build(workflow, "RUN echo a stage")
    image = workshop.build(workflow, "RUN echo the result")

    engine.remove_stages(workflow, image)
    engine.remove_stages(workflow, image)

    assert engine.image_at(stage) is None
    assert engine.image_at(image) == image
    assert workshop.build(workflow, "RUN echo the result") == image


def test_a_stage_that_somebody_has_tagged_stays(workshop: Workshop) -> None:
    engine, workflow, theirs = workshop.engine, workshop.workflow(), f"{workshop.repository()}:mine"
    stage = workshop.build(workflow, "RUN echo a stage")
    image = workshop.build(workflow, "RUN echo the result")
    workshop.tag(stage, theirs)

    engine.remove_stages(workflow, image)

    assert engine.image_at(theirs) == stage


def test_removal_leaves_the_images_of_other_workflows_alone(workshop: Workshop) -> None:
    mine, theirs = workshop.workflow(), workshop.workflow()
    workshop.build(mine, "RUN echo shared")
    kept = workshop.build(theirs, "RUN echo shared")

    workshop.engine.remove_made_by(mine)

    assert workshop.engine.image_at(kept) == kept
    assert workshop.engine.made_by(theirs)
