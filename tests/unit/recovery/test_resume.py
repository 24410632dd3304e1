"""Which builds are looked at when something is heard of one."""

from dataclasses import dataclass, field

import pytest

from recovery.resume import concerned, resume
from slipway.saga import Unavailable

MINE, THEIRS = "wf_anna", "wf_boris"


@dataclass
class Site:
    running: list[str] = field(default_factory=lambda: [MINE, THEIRS])
    known: dict[str, str] = field(default_factory=lambda: {"arn:1": MINE})

    def lately(self) -> list[str]:
        return self.running

    def workflow_of(self, build_id: str) -> str | None:
        return self.known.get(build_id)


def ended(build_id: str) -> dict[str, object]:
    return {"source": "aws.codebuild", "detail": {"build-id": build_id}}


def test_the_end_of_a_build_concerns_its_workflow() -> None:
    assert concerned(ended("arn:1"), Site()) == [MINE]


def test_a_build_that_a_person_began_concerns_nobody() -> None:
    assert concerned(ended("arn:2"), Site()) == []


def test_a_cancel_concerns_its_workflow_at_once() -> None:
    event = {
        "source": "slipway/test",
        "detail-type": "slipway.workflow.cancel_requested",
        "detail": {"subject": THEIRS},
    }

    assert concerned(event, Site()) == [THEIRS]


def test_every_minute_concerns_all_that_run() -> None:
    event = {"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}}

    assert concerned(event, Site()) == [MINE, THEIRS]


def test_one_build_that_cannot_be_looked_at_keeps_no_other_from_it_and_is_told() -> None:
    looked_at: list[str] = []

    def look(workflow_id: str) -> None:
        looked_at.append(workflow_id)
        if workflow_id == MINE:
            raise Unavailable("aws_busy", "planted by a test")

    with pytest.raises(ExceptionGroup) as told:
        resume({}, Site(), look)

    assert looked_at == [MINE, THEIRS]
    (error,) = told.value.exceptions
    assert isinstance(error, Unavailable)
    assert error.__notes__ == [MINE]


def test_of_several_that_cannot_be_looked_at_every_one_is_told() -> None:
    def look(workflow_id: str) -> None:
        raise Unavailable("aws_busy", workflow_id)

    with pytest.raises(ExceptionGroup) as told:
        resume({}, Site(), look)

    assert [str(error) for error in told.value.exceptions] == [
        f"aws_busy: {MINE}",
        f"aws_busy: {THEIRS}",
    ]
