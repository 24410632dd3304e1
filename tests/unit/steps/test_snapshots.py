"""The shop's older Deployment has a password in plain. A newer one fails: all is as before."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from tests.unit.steps.vault import DEPLOYMENT, ENV, MARKER, Vault

from slipway.saga import Saga, Status
from slipway.saga.testing import Fault, Saboteur

OLD = {"containers": [{"name": "app", "env": [{"name": "DB_PASSWORD", "value": MARKER}]}]}
BY_HAND = {"containers": [{"name": "app", "args": [f"--login={MARKER}"]}]}


def served_in_plain(vault: Vault, pod: Mapping[str, Any], *, foreign: bool = False) -> str:
    """As an earlier version of Slipway, or somebody by hand, deployed it; answers where it is."""
    vault.run(vault.ask("k1"))
    before = vault.found(DEPLOYMENT)
    template = {**before["spec"]["template"], "spec": pod}
    plain = {**before, "spec": {**before["spec"], "template": template}}
    if foreign:
        plain["metadata"] = {**plain["metadata"], "labels": {"team": "boris"}}
    vault.cluster.replace(plain)
    vault.source.version = "2"
    return vault.ask("k2", app={"env": ENV}, options={"adopt": foreign})


def undone(vault: Vault, workflow_id: str) -> Saga:
    failing = Fault("verify_deployment", "rejected", "after")
    return vault.run(workflow_id, Saboteur(vault.runner, failing))


WORLDS = pytest.mark.parametrize(("pod", "foreign"), [(OLD, False), (BY_HAND, True)])


@WORLDS
def test_it_is_put_back_to_the_letter_and_never_was_in_the_table(
    pod: Mapping[str, Any], foreign: bool
) -> None:
    vault = Vault()
    second = served_in_plain(vault, pod, foreign=foreign)
    before, told = vault.cluster.snapshot(), vault.tellers()

    saga = undone(vault, second)

    assert vault.cluster.snapshot() == before
    assert saga.workflow.status is Status.COMPENSATED
    receipt = saga.workflow.receipt
    assert receipt
    states = {item.name: item.state for item in receipt.items if item.kind == "deployment"}
    assert states == {"shop/shop": "restored"}
    assert vault.tellers() == told - {k for k in told if k.startswith("workflows/")}


@WORLDS
def test_after_a_success_it_waits_in_one_private_object_for_a_rollback(
    pod: Mapping[str, Any], foreign: bool
) -> None:
    vault = Vault()
    second = served_in_plain(vault, pod, foreign=foreign)
    before = vault.cluster.snapshot()
    assert vault.run(second).workflow.status is Status.COMPLETED
    (kept,) = vault.workspace.keys(f"workflows/{second}/private/")
    assert "table" not in vault.tellers()
    assert kept in vault.tellers()

    note = vault.record("deploy_application", second).intent
    assert note
    assert MARKER not in str(note)
    (deployment,) = (n for n in note["notes"] if n["ref"]["kind"] == "Deployment")
    vault.forget_all()
    restored = vault.keepsakes.before(deployment)

    assert restored
    assert restored["spec"] == before["deployment:shop/shop"]["spec"]


def test_what_an_undo_could_not_put_back_is_left_for_a_person_and_named() -> None:
    vault = Vault()
    second = served_in_plain(vault, OLD)
    stuck = Fault("deploy_application", "rejected", "before", "compensate")
    failing = Saboteur(vault.runner, Fault("verify_deployment", "rejected", "after"))

    saga = vault.run(second, Saboteur(failing, stuck))

    assert saga.workflow.status is Status.COMPENSATED_WITH_LEFTOVERS
    (kept,) = vault.workspace.keys(f"workflows/{second}/private/")
    assert saga.workflow.receipt
    items = {(item.name, item.state) for item in saga.workflow.receipt.items}
    assert {(kept, "leftover"), ("shop/shop", "leftover")} <= items


def test_what_holds_no_secret_is_noted_in_the_table_as_ever() -> None:
    vault = Vault()
    vault.run(vault.ask("k1", app={"env": ENV}))
    second = vault.ask("k2", app={"env": ENV})
    vault.run(second)

    notes = (vault.record("deploy_application", second).intent or {})["notes"]
    assert all(note["before"] and not note.get("kept") for note in notes)
    assert list(vault.workspace.keys(f"workflows/{second}/private/")) == []


@pytest.mark.parametrize("call", range(7, 15))
def test_an_attempt_that_outlives_its_own_undo_puts_it_back_once_more(call: int) -> None:
    vault = Vault()
    second = served_in_plain(vault, OLD)
    before = vault.cluster.snapshot()

    late = Saboteur(
        vault.runner,
        Fault("deploy_application", "overtaken", "before", call=call, times=1),
        overtaken(vault, second),
    )
    saga = vault.run(second, late)

    assert late.struck == 1
    assert saga.workflow.status is Status.COMPENSATED
    assert vault.cluster.snapshot() == before
    assert list(vault.workspace.keys(f"workflows/{second}/private/")) == []


def overtaken(vault: Vault, workflow_id: str) -> dict[str, Callable[[], None]]:
    """Everything is undone and settled, by somebody else, while a step still runs."""

    def undo_everything() -> None:
        with vault.wired():
            vault.driver().undo(workflow_id, "rescue-1")

    return {"overtaken": undo_everything}


def test_an_attempt_that_comes_when_all_is_over_changes_nothing() -> None:
    """Another process: it has not seen what to put back, so it must not begin."""
    vault = Vault()
    second = served_in_plain(vault, OLD)
    before = vault.cluster.snapshot()

    def undo_everything() -> None:
        overtaken(vault, second)["overtaken"]()
        vault.forget_all()
        vault.keepsakes._cached.clear()

    late = Fault("deploy_application", "overtaken", "before")
    vault.run(second, Saboteur(vault.runner, late, {"overtaken": undo_everything}))

    assert vault.cluster.snapshot() == before


@pytest.mark.parametrize("call", range(1, 16))
def test_a_deployment_that_dies_anywhere_is_put_back(call: int) -> None:
    vault = Vault()
    second = served_in_plain(vault, OLD)
    before = vault.cluster.snapshot()
    death = Fault("deploy_application", "killed", "after", call=call)
    vault.run(second, Saboteur(vault.runner, death))

    assert vault.store.load(second).workflow.status is Status.COMPENSATED
    assert vault.cluster.snapshot() == before
    assert "table" not in vault.tellers()
