"""What a push promises to its step, on a real engine and in memory."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.contract.engines import ENGINES, NOBODY_THERE, Workshop, ignore, never, open_workshop

from slipway.containerize.ports import Credentials
from slipway.saga.errors import Rejected, Unavailable

ANSWERS_WITHIN_S = 5


@pytest.fixture(params=ENGINES)
def workshop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Workshop]:
    yield from open_workshop(request.param, request, tmp_path)


def test_a_push_to_a_registry_that_is_away_may_be_tried_again(workshop: Workshop) -> None:
    reference = f"{workshop.repository(NOBODY_THERE)}:1"
    workshop.tag(workshop.build(workshop.workflow()), reference)
    begun = time.monotonic()

    with pytest.raises(Unavailable) as refused:
        workshop.engine.push(reference, None, ignore, never)

    assert refused.value.code == "registry_unreachable"
    assert time.monotonic() - begun < ANSWERS_WITHIN_S


def test_a_push_of_a_tag_that_is_not_there_is_refused(workshop: Workshop) -> None:
    with pytest.raises(Rejected):
        workshop.engine.push(f"{workshop.repository()}:1", None, ignore, never)


@pytest.mark.parametrize("wrong", [None, Credentials("anna", "battery-staple")])
def test_a_push_with_wrong_credentials_is_denied_and_never_shows_them(
    workshop: Workshop, wrong: Credentials | None
) -> None:
    locked, told = workshop.locked(), list[str]()
    reference = f"{workshop.repository(locked.host)}:1"
    workshop.tag(workshop.build(workshop.workflow()), reference)

    with pytest.raises(Rejected) as refused:
        workshop.engine.push(reference, wrong, told.append, never)

    assert refused.value.code == "registry_denied"
    assert refused.value.fix
    assert "battery-staple" not in f"{refused.value} {told}"


def test_a_push_with_the_right_credentials_arrives(workshop: Workshop) -> None:
    locked, told = workshop.locked(), list[str]()
    reference = f"{workshop.repository(locked.host)}:1"
    workshop.tag(workshop.build(workshop.workflow()), reference)

    workshop.engine.push(reference, locked.credentials, told.append, never)

    assert workshop.registry_for(locked.credentials).digest(reference)
    assert locked.credentials.password not in str(told)


def test_a_push_that_was_cancelled_left_no_tag(workshop: Workshop) -> None:
    reference = f"{workshop.repository()}:1"
    workshop.tag(workshop.build(workshop.workflow()), reference)

    try:
        workshop.engine.push(reference, None, ignore, lambda: True)
    except Rejected as ended:
        outcome, arrived = ended.code, None
    else:  # a real one may be over before it is asked
        outcome, arrived = "pushed", workshop.registry.digest(reference)

    assert (outcome, bool(arrived)) in {("cancelled", False), ("pushed", True)}
    assert bool(workshop.registry.digest(reference)) is bool(arrived)
