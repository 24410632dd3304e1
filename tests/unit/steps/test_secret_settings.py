"""Anna deploys the shop with a password. Where it stands, at every moment, until all is over."""

import base64

import pytest
from tests.faults.rig import BEHAVIOURS, OWNER
from tests.unit.steps.vault import DEPLOYMENT, ENV, MARKER, SECRETS, Vault

from commands.cancel import cancel
from slipway.cqrs.request import Call
from slipway.messages.commands import CancelWorkflow
from slipway.saga import Rejected, Status, StepStatus
from slipway.saga.testing import Died, Fault, Saboteur
from steps import PLAN

TO_THE_CLUSTER = [step.name for step in PLAN][: PLAN.number("prepare_cluster")]


def private(vault: Vault, workflow_id: str) -> list[str]:
    return list(vault.workspace.keys(f"workflows/{workflow_id}/private/"))


def test_while_it_runs_the_password_is_in_one_object_and_then_in_the_secret_alone() -> None:
    vault = Vault()
    shop = vault.ask(app={"env": ENV})
    (kept,) = private(vault, shop)

    for step in TO_THE_CLUSTER[:-1]:
        assert vault.tellers() == {kept}, step
        vault.do(step, shop)
    vault.do("prepare_cluster", shop)
    assert vault.tellers() == {str(vault.secret_of(shop))}
    saga = vault.run(shop)

    assert saga.workflow.status is Status.COMPLETED
    assert vault.tellers() == {str(vault.secret_of(shop))}
    assert private(vault, shop) == []


def test_the_pods_get_every_setting_and_the_deployment_names_the_secret() -> None:
    vault = Vault()
    shop = vault.ask(app={"env": ENV})
    vault.run(shop)

    secret = vault.found(vault.secret_of(shop))
    assert (secret["type"], secret["immutable"]) == ("Opaque", True)
    given = {name: base64.b64decode(v).decode() for name, v in secret["data"].items()}
    assert given == SECRETS
    (container,) = vault.found(DEPLOYMENT)["spec"]["template"]["spec"]["containers"]
    name = secret["metadata"]["name"]
    assert container["env"] == [
        {"name": key, "valueFrom": {"secretKeyRef": {"name": name, "key": key}}}
        for key in ("DB_PASSWORD", "DB_URL")
    ] + [{"name": "PORT", "value": "5000"}, {"name": "TEA", "value": "assam"}]


@pytest.mark.parametrize("failing", [step.name for step in PLAN])
def test_whatever_fails_nothing_of_it_is_left(failing: str) -> None:
    vault = Vault()
    shop = vault.ask(app={"env": ENV})

    saga = vault.run(shop, Saboteur(vault.runner, Fault(failing, "rejected", "after")))

    assert saga.workflow.status is Status.COMPENSATED
    assert vault.tellers() == set()
    assert private(vault, shop) == []
    assert vault.cluster.snapshot() == {}


def test_what_was_cancelled_before_its_first_step_leaves_nothing_either() -> None:
    vault = Vault()
    shop = vault.ask(app={"env": ENV})

    cancel(CancelWorkflow(workflow_id=shop), Call(OWNER), store=vault.store)

    assert vault.run(shop).workflow.status is Status.COMPENSATED
    assert private(vault, shop) == []


def test_what_is_not_deployed_keeps_no_password() -> None:
    vault = Vault()
    shop = vault.ask(app={"env": ENV}, options={"deploy": False})

    assert vault.run(shop).workflow.status is Status.COMPLETED
    assert vault.tellers() == set()
    assert vault.cluster.snapshot() == {}


@pytest.mark.parametrize("call", range(1, 20))
def test_a_preparation_that_dies_anywhere_is_done_again_or_undone(call: int) -> None:
    done, undone = Vault(), Vault()
    death = Fault("prepare_cluster", "killed", "after", call=call, times=1)
    for vault in (done, undone):
        shop = vault.ask(app={"env": ENV})
        for step in TO_THE_CLUSTER[:-1]:
            vault.do(step, shop)
        with vault.wired():
            try:
                Saboteur(vault.runner, death).execute(BEHAVIOURS["prepare_cluster"], shop)
            except Died:
                vault.forget_all()

    assert done.run(shop).workflow.status is Status.COMPLETED
    assert done.tellers() == {str(done.secret_of(shop))}
    undone.undo("prepare_cluster", shop)
    assert undone.cluster.snapshot() == {}


def test_the_same_password_again_is_the_same_secret_and_another_one_is_another() -> None:
    vault = Vault()
    first = vault.ask("k1", app={"env": ENV})
    vault.run(first)
    again = vault.ask("k2", app={"env": ENV})
    vault.run(again)
    vault.source.version = "2"
    other = vault.ask("k3", app={"env": {**ENV, "DB_PASSWORD": f"{MARKER}2"}})
    vault.run(other)

    assert vault.secret_of(again) == vault.secret_of(first) != vault.secret_of(other)
    assert str(vault.secret_of(first)) in vault.record("prepare_cluster", again).adopted
    assert vault.tellers() == {str(vault.secret_of(first)), str(vault.secret_of(other))}


def test_a_second_version_that_fails_leaves_the_first_with_its_own_secret() -> None:
    vault = Vault()
    vault.run(vault.ask("k1", app={"env": ENV}))
    before = vault.cluster.snapshot()
    second = vault.ask("k2", app={"env": {**ENV, "DB_PASSWORD": f"{MARKER}2"}})

    vault.run(second, Saboteur(vault.runner, Fault("verify_deployment", "rejected", "after")))

    assert vault.cluster.snapshot() == before
    assert vault.tellers() == {"secret:shop/" + name for name in _secrets(before)}


def test_a_secret_of_that_name_with_other_values_is_not_given_to_the_app() -> None:
    vault = Vault()
    first = vault.ask("k1", app={"env": ENV})
    vault.run(first)
    secret = vault.secret_of(first)
    theirs = {**vault.found(secret), "data": {"DB_PASSWORD": "c29sZA=="}}
    vault.cluster.delete(secret)
    vault.cluster.replace(theirs)
    again = vault.ask("k2", app={"env": ENV})
    for step in TO_THE_CLUSTER[:-1]:
        vault.do(step, again)

    with pytest.raises(Rejected, match="other_settings"):
        vault.do("prepare_cluster", again)

    assert vault.record("prepare_cluster", again).status is StepStatus.FAILED
    assert vault.found(secret)["data"] == {"DB_PASSWORD": "c29sZA=="}


def test_a_request_that_an_earlier_version_accepted_still_gets_its_secret() -> None:
    vault = Vault()
    vault.submit("wf_cccccccccccccccccccccccc", app={"env": ENV})

    vault.run("wf_cccccccccccccccccccccccc")

    data = vault.found(vault.secret_of("wf_cccccccccccccccccccccccc"))["data"]
    assert base64.b64decode(data["DB_PASSWORD"]).decode() == MARKER


def _secrets(snapshot: dict[str, object]) -> list[str]:
    return [name.removeprefix("secret:shop/") for name in snapshot if name.startswith("secret:")]
