"""With SLIPWAY_WHEN_BUSY=wait a second workflow for a target waits for its turn."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from tests.integration.operating.desk import Desk, operating

STARTED, ADMITTED = "slipway.workflow.started", "slipway.workflow.admitted"
ENDS = ("slipway.workflow.completed", "slipway.workflow.compensated")


@pytest.fixture(scope="module")
def _patient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with operating(tmp_path_factory.mktemp("state"), when_busy="wait") as desk:
        yield desk


@pytest.fixture
def patient(_patient: Desk) -> Iterator[Desk]:
    yield _patient
    _patient.trouble.away.clear()
    _patient.trouble.on.clear()
    _patient.trouble.crashes = False


def times(desk: Desk, workflow: str) -> dict[str, str]:
    told = desk.client.get(f"/workflows/{workflow}/timeline")["items"]
    return {item["type"]: item["time"] for item in told}


def ended(desk: Desk, workflow: str) -> str:
    return next(time for kind, time in times(desk, workflow).items() if kind in ENDS)


def test_three_for_one_target_come_one_after_the_other_in_their_order(patient: Desk) -> None:
    asked: list[str] = []
    patient.trouble.on["apply deployment:queue/queue"] = lambda: asked.extend(
        [patient.ask("queue"), patient.ask("queue")]
    )

    first = patient.run("queue")

    assert first["status"] == "COMPLETED"
    second, third = (patient.view(workflow) for workflow in asked)
    assert (second["status"], third["status"]) == ("COMPLETED", "COMPLETED")
    assert second["waits_for"] is None
    order = [first["workflow_id"], *asked]
    for earlier, later in pairwise(order):
        assert ended(patient, earlier) <= times(patient, later)[ADMITTED]
        assert times(patient, later)[ADMITTED] <= times(patient, later)[STARTED]


def test_who_waits_says_for_whom_and_has_done_nothing(patient: Desk) -> None:
    seen: list[dict[str, object]] = []

    def second() -> None:
        workflow = patient.ask("visible")
        seen.append(patient.client.get(f"/workflows/{workflow}", min_version=1))

    patient.trouble.on["apply deployment:visible/visible"] = second
    first = patient.run("visible")

    (view,) = seen
    assert (view["status"], view["waits_for"]) == ("REQUESTED", first["workflow_id"])


def test_the_next_one_comes_also_when_the_first_is_undone(patient: Desk) -> None:
    asked: list[str] = []
    patient.trouble.crashes = True

    def second() -> None:
        patient.trouble.crashes = False
        asked.append(patient.ask("after-failure"))

    patient.trouble.on["delete deployment:after-failure/after-failure"] = second
    first = patient.run("after-failure")

    assert first["status"] == "COMPENSATED"
    assert patient.view(asked[0])["status"] == "COMPLETED"


def test_one_that_is_cancelled_while_it_waits_ends_and_lets_the_next_one_pass(
    patient: Desk,
) -> None:
    asked: list[str] = []

    def queue_up() -> None:
        asked.extend([patient.ask("impatient"), patient.ask("impatient")])
        patient.post(f"/workflows/{asked[0]}/cancel", reason="too slow")

    patient.trouble.on["apply deployment:impatient/impatient"] = queue_up
    first = patient.run("impatient")

    gone, third = (patient.view(workflow) for workflow in asked)
    assert first["status"] == "COMPLETED"
    assert (gone["status"], gone["error"]["message"]) == ("COMPENSATED", "too slow")
    assert gone["receipt"]["clean"]
    assert STARTED not in times(patient, asked[0])
    assert third["status"] == "COMPLETED"


def test_a_workflow_that_deploys_nothing_waits_for_nobody(patient: Desk) -> None:
    asked: list[str] = []
    patient.trouble.on["apply deployment:image/image"] = lambda: asked.append(
        patient.ask("image", options={"deploy": False})
    )
    patient.run("image")

    assert ADMITTED not in times(patient, asked[0])
    assert patient.view(asked[0])["status"] == "COMPLETED"
