"""What every engine promises to the steps, real or in memory."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.contract.engines import (
    ENGINES,
    Workshop,
    ignore,
    never,
    open_workshop,
    packed,
)

from slipway.containerize.labels import WORKFLOW
from slipway.containerize.ports import DOCKERFILE, Build
from slipway.saga.errors import Rejected, Unavailable

CANCELLED_WITHIN_S = 5
ANSWERS_WITHIN_S = 5


@pytest.fixture(params=ENGINES)
def workshop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Workshop]:
    yield from open_workshop(request.param, request, tmp_path)


def names_made_by(workshop: Workshop, workflow: str) -> set[str]:
    return {made.name for made in workshop.engine.made_by(workflow)}


def test_a_build_answers_an_image_that_carries_the_workflows_label(workshop: Workshop) -> None:
    workflow, told = workshop.workflow(), list[str]()

    image = workshop.engine.build(workshop.order(workflow, "RUN echo hello"), told.append, never)

    assert image is not None
    assert workshop.engine.image_at(image) == image
    assert image in names_made_by(workshop, workflow)
    assert any("echo hello" in line for line in told)
    assert not any(line.endswith("\n") for line in told)


def test_the_same_build_again_is_the_same_image(workshop: Workshop) -> None:
    workflow = workshop.workflow()

    assert workshop.build(workflow, "RUN echo once") == workshop.build(workflow, "RUN echo once")


def test_a_failed_build_tells_why_and_leaves_only_what_its_label_finds(workshop: Workshop) -> None:
    workflow, told = workshop.workflow(), list[str]()
    order = workshop.order(workflow, "RUN echo ready", "RUN echo oh no && exit 3")

    with pytest.raises(Rejected) as refused:
        workshop.engine.build(order, told.append, never)

    assert refused.value.code == "build_failed"
    assert refused.value.fix
    assert "returned a non-zero code: 3" in refused.value.message
    assert "returned a non-zero code: 3" in told[-1]
    assert names_made_by(workshop, workflow)
    workshop.engine.remove_made_by(workflow)
    assert not names_made_by(workshop, workflow)


def test_a_dockerfile_that_cannot_be_read_is_refused_and_leaves_nothing(workshop: Workshop) -> None:
    context = packed(workshop.folder / "bad.tar", "FORM busybox")

    with pytest.raises(Rejected, match="build_failed"):
        workshop.engine.build(Build(context, DOCKERFILE, {}), ignore, never)


def test_a_dockerfile_that_is_not_in_the_context_is_refused(workshop: Workshop) -> None:
    context = packed(workshop.folder / "good.tar", f"FROM {workshop.base}")

    with pytest.raises((Rejected, Unavailable)):
        workshop.engine.build(Build(context, "elsewhere/Dockerfile", {}), ignore, never)


def test_a_base_that_triggers_instructions_of_its_own_is_refused_before_it_does(
    workshop: Workshop,
) -> None:
    """They would run before the label, and leave what nobody can tell to be the workflow's."""
    base, workflow = f"{workshop.repository()}:onbuild", workshop.workflow()
    workshop.tag(workshop.build(workshop.workflow(), "ONBUILD RUN echo triggered"), base)

    with pytest.raises(Rejected, match="onbuild_base") as refused:
        workshop.build(workflow, "RUN false", base=base)

    assert base in refused.value.message
    assert refused.value.fix
    assert workshop.engine.made_by(workflow) == []


@pytest.mark.engine
@pytest.mark.parametrize("workshop", ["docker"], indirect=True)
@pytest.mark.parametrize("by", ["tag", "digest"])
def test_a_base_that_is_not_there_is_pulled_and_then_looked_at(
    workshop: Workshop, by: str, docker_client: Any
) -> None:
    repository, workflow = workshop.repository(), workshop.workflow()
    digest = workshop.pushed(repository, "onbuild", "ONBUILD RUN echo triggered")
    workshop.engine.untag(f"{repository}:onbuild")
    base = f"{repository}:onbuild" if by == "tag" else f"{repository}:onbuild@{digest}"
    assert workshop.engine.image_at(base) is None

    with pytest.raises(Rejected, match="onbuild_base"):
        workshop.build(workflow, "RUN false", base=base)

    assert workshop.engine.image_at(base)
    assert workshop.engine.made_by(workflow) == []
    docker_client.images.remove(base)


@pytest.mark.engine
@pytest.mark.parametrize("workshop", ["docker"], indirect=True)
def test_a_base_that_is_nowhere_fails_the_build_with_its_name(workshop: Workshop) -> None:
    base = f"{workshop.repository()}:none"

    with pytest.raises(Rejected, match="build_failed") as refused:
        workshop.build(workshop.workflow(), base=base)

    assert base in str(refused.value.fix)


def test_a_cancel_ends_the_engines_build_within_five_seconds(workshop: Workshop) -> None:
    workflow, cancelled = workshop.workflow(), threading.Event()
    asked_at: list[float] = []

    def cancel_at_the_long_step(line: str) -> None:
        if "sleep 60" in line:
            asked_at.append(time.monotonic())
            cancelled.set()

    order = workshop.order(workflow, "RUN sleep 60")
    with pytest.raises(Rejected, match="cancelled"):
        workshop.engine.build(order, cancel_at_the_long_step, cancelled.is_set)

    assert time.monotonic() - asked_at[0] < CANCELLED_WITHIN_S
    workshop.engine.remove_made_by(workflow)
    assert not names_made_by(workshop, workflow)


def test_a_build_over_its_time_is_ended_and_cleared(workshop: Workshop) -> None:
    workflow, begun = workshop.workflow(), time.monotonic()

    with pytest.raises(Rejected, match="build_timeout"):
        workshop.engine.build(workshop.order(workflow, "RUN sleep 60", timeout_s=1), ignore, never)

    assert time.monotonic() - begun < CANCELLED_WITHIN_S
    workshop.engine.remove_made_by(workflow)
    assert not names_made_by(workshop, workflow)


def test_what_the_caller_cannot_find_out_ends_the_build_with_its_own_error(
    workshop: Workshop,
) -> None:
    def no_answer() -> bool:
        raise Unavailable("aws_busy", "the table does not answer")

    with pytest.raises(Unavailable, match="aws_busy"):
        workshop.build(workshop.workflow(), "RUN sleep 60", stop=no_answer)


def test_a_tag_names_an_image_moves_to_another_and_goes(workshop: Workshop) -> None:
    engine, reference = workshop.engine, f"{workshop.repository()}:1"
    old = workshop.build(workshop.workflow(), "RUN echo old")
    new = workshop.build(workshop.workflow(), "RUN echo new")
    assert engine.image_at(reference) is None

    engine.tag(old, reference)
    engine.tag(old, reference)
    assert engine.image_at(reference) == old
    engine.tag(new, reference)
    assert engine.image_at(reference) == new
    assert engine.image_at(old) == old
    engine.tag(old, reference)
    assert engine.image_at(reference) == old

    engine.untag(reference)
    engine.untag(reference)
    assert engine.image_at(reference) is None


def test_a_tag_for_an_image_that_is_not_there_is_refused(workshop: Workshop) -> None:
    with pytest.raises(Rejected, match="no_such_image"):
        workshop.engine.tag("sha256:" + "0" * 64, f"{workshop.repository()}:1")


def test_a_name_that_is_no_image_reference_is_refused(workshop: Workshop) -> None:
    with pytest.raises(Rejected, match="invalid_reference"):
        workshop.engine.image_at("127.0.0.1:5000/Shop:1")


def test_everything_that_a_slipway_made_is_listed_and_nothing_else(workshop: Workshop) -> None:
    first, second = workshop.workflow(), workshop.workflow()
    ours = {workshop.build(each, f"RUN echo {each}") for each in (first, second)}
    began = datetime.now(UTC) - timedelta(days=1)

    found = {each.name: each for each in workshop.engine.managed() if each.name in ours}

    assert set(found) == ours
    assert {each.labels[WORKFLOW] for each in found.values()} == {first, second}
    assert all(each.created_at and each.created_at > began for each in found.values())
    base = workshop.engine.image_at(workshop.base)
    assert base not in {each.name for each in workshop.engine.managed()}


def test_an_engine_that_is_away_is_said_to_be_at_once(workshop: Workshop) -> None:
    begun = time.monotonic()

    with pytest.raises(Unavailable) as refused:
        workshop.away.made_by(workshop.workflow())

    assert refused.value.code == "engine_unreachable"
    assert refused.value.fix
    assert time.monotonic() - begun < ANSWERS_WITHIN_S
