"""What only a real API server, scheduler and kubelet can show."""

import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from tests.contract.clusters import Place, a_workflow, an_app, make_place, open_cluster

from slipway.adapters.kubernetes_client import from_kubeconfig
from slipway.adapters.kubernetes_cluster import KubernetesCluster
from slipway.containerize.restoration import ref_of
from slipway.containerize.rollout import await_rollout
from slipway.saga.errors import Rejected

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    yield from make_place(*open_cluster("kubernetes", request))


def run(place: Place, app: str, **changes: Any) -> None:
    for manifest in place.service(app, a_workflow(), **changes):
        place.cluster.apply(manifest)
    await_rollout(place.cluster, place.deployment(app), within_s=60, pause=time.sleep)


def test_a_field_that_no_schema_knows_is_the_manifests_fault(place: Place) -> None:
    note = place.note(an_app()) | {"datum": {}}

    with pytest.raises(Rejected, match="manifest_refused") as caught:
        place.cluster.apply(note)

    assert "datum" in caught.value.message


def test_what_was_put_back_while_a_controller_wrote_is_again_what_an_apply_may_change(
    place: Place, kubeconfig: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = from_kubeconfig(str(kubeconfig))
    send, puts = api.send, count(1)

    def send_among_others(method: str, path: str, **options: Any) -> Any:
        if method == "PUT" and next(puts) == 2:
            seen = {"metadata": {"annotations": {"seen": "by somebody"}}}
            by = {"fieldManager": "somebody"}
            send("PATCH", path, query=by, body=seen, content_type="application/merge-patch+json")
        return send(method, path, **options)

    monkeypatch.setattr(api, "send", send_among_others)
    name = an_app()
    before = place.cluster.apply(place.note(name, colour="blue"))
    place.cluster.apply(place.note(name, size="big"))

    KubernetesCluster(api).replace(before)
    place.cluster.apply(place.note(name, size="small"))

    found = place.cluster.read(ref_of(before))
    assert found is not None
    assert (next(puts), found["data"]) == (4, {"size": "small"})


def test_pods_that_the_policy_refuses_end_the_rollout(place: Place) -> None:
    app = an_app()
    *others, deployment = place.service(app, a_workflow())
    pod = deployment["spec"]["template"]["spec"]
    pod["containers"][0]["securityContext"]["privileged"] = True
    pod["containers"][0]["securityContext"]["allowPrivilegeEscalation"] = True
    for manifest in [*others, deployment]:
        place.cluster.apply(manifest)

    with pytest.raises(Rejected, match="pod_refused") as caught:
        await_rollout(place.cluster, place.deployment(app), within_s=60, pause=time.sleep)

    assert "PodSecurity" in caught.value.message


def test_an_environment_reaches_the_application_to_the_letter(place: Place) -> None:
    app, value = an_app(), "a$(PORT)b$$c $HOME 'x'"
    told = 'printf "%s\\n" "$GIVEN" "$PORT" > /tmp/index.html'
    script = f'{told} && exec httpd -f -p "$PORT" -h /tmp'

    run(place, app, script=script, env={"GIVEN": value})

    assert place.cluster.probe(place.name, app, 80, "/").body == f"{value}\n8080\n"


def test_the_report_tells_the_ends_of_the_logs_and_no_tricks_of_the_terminal(place: Place) -> None:
    app = an_app()
    script = "printf 'line one\\n\\033[31mred\\n'; sleep 1; exit 3"
    for manifest in place.service(app, a_workflow(), script=script):
        place.cluster.apply(manifest)
    with pytest.raises(Rejected, match="crash_loop"):
        await_rollout(place.cluster, place.deployment(app), within_s=90, pause=time.sleep)

    report = "\n".join(place.cluster.pod_report(place.name, {"slipway.dev/app": app}))

    assert "line one" in report
    assert "exit code 3" in report or "CrashLoopBackOff" in report
    assert "\033" not in report


def test_a_selector_is_never_changed_behind_its_owners_back(place: Place) -> None:
    manifests = place.service(an_app(), a_workflow())
    deployment = manifests[-1]
    place.cluster.apply(deployment)
    deployment["spec"]["selector"]["matchLabels"] = {"other": "label"}
    deployment["spec"]["template"]["metadata"]["labels"]["other"] = "label"

    with pytest.raises(Rejected, match="manifest_refused"):
        place.cluster.apply(deployment)

    assert place.cluster.read(ref_of(deployment)) is not None
