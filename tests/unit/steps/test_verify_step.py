"""The last step asks the service itself."""

from collections.abc import Callable

import pytest
from tests.unit.steps.bench import ME, Bench

from slipway.containerize.ports import Probe
from slipway.saga import Rejected


def answering(*statuses: int | None) -> Callable[..., Probe]:
    """Those, one after the other; the last one again and again."""
    left = list(statuses)
    return lambda *_: Probe(left.pop(0) if len(left) > 1 else left[0])


def verified(*statuses: int | None) -> Bench:
    bench = Bench()
    bench.begin("verify_deployment")
    bench.cluster.probe = answering(*statuses)  # type: ignore[method-assign]
    return bench


def test_a_service_must_answer_three_times_in_a_row() -> None:
    bench = verified(200, 200, None, 200, 200, 503, 200, 200, 200)

    assert bench.do("verify_deployment").outputs["http_status"] == 200


@pytest.mark.parametrize(
    ("status", "told"), [(None, "no response"), (500, "the last response was 500")]
)
def test_a_service_that_does_not_answer_well_fails_and_its_pods_are_reported(
    status: int | None, told: str
) -> None:
    bench = verified(status)

    with pytest.raises(Rejected, match=told):
        bench.do("verify_deployment")

    assert bench.keys("verify_deployment") == {"pods.log"}


def test_a_verification_changes_nothing_and_has_nothing_to_undo() -> None:
    bench = verified(200)
    before = bench.world(ME)

    bench.do("verify_deployment")
    bench.undo("verify_deployment")

    assert bench.world(ME) == before
