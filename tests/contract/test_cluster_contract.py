"""What every cluster promises to the steps, real or in memory."""

import time
from collections.abc import Iterator

import pytest
from tests.contract.clusters import (
    CLUSTERS,
    CRASH,
    SERVE,
    Place,
    a_workflow,
    an_app,
    make_place,
    open_cluster,
)

from slipway.containerize.labels import WORKFLOW, labels_of
from slipway.containerize.manifests import settings_secret, settings_secret_name
from slipway.containerize.ownership import Claim
from slipway.containerize.ports import Manifest, ObjectRef
from slipway.containerize.restoration import is_restored, read_all, ref_of
from slipway.containerize.rollout import await_rollout
from slipway.saga.errors import Rejected


@pytest.fixture(params=CLUSTERS, scope="module")
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    yield from make_place(*open_cluster(request.param, request))


def serve(place: Place, app: str, workflow_id: str, script: str | None = None) -> None:
    for manifest in place.service(app, workflow_id, **({"script": script} if script else {})):
        place.cluster.apply(manifest)


def wait(place: Place, app: str, since: str | None = None) -> None:
    await_rollout(place.cluster, place.deployment(app), within_s=90, pause=time.sleep, since=since)


def progress(place: Place, app: str) -> str:
    found = place.cluster.read(place.deployment(app))
    assert found is not None
    return next(
        str(c["lastUpdateTime"])
        for c in found["status"]["conditions"]
        if c["type"] == "Progressing"
    )


def test_what_was_applied_can_be_read(place: Place) -> None:
    note = place.note(an_app(), colour="blue")

    place.cluster.apply(note)

    found = place.cluster.read(ref_of(note))
    assert found is not None
    assert found["data"] == {"colour": "blue"}
    assert found["metadata"]["uid"]


def test_what_is_not_there_reads_as_none(place: Place) -> None:
    assert place.cluster.read(ObjectRef("v1", "ConfigMap", an_app(), place.name)) is None
    assert place.cluster.read(ObjectRef("v1", "Namespace", an_app())) is None


def test_a_kind_nobody_knows_is_not_there_either(place: Place) -> None:
    ref = ObjectRef("nobody.example/v1", "Whatever", an_app(), place.name)

    place.cluster.delete(ref)

    assert place.cluster.read(ref) is None


def test_a_second_apply_of_every_manifest_changes_nothing(place: Place) -> None:
    manifests = place.service(an_app(), a_workflow(), replicas=2)
    first = [place.cluster.apply(manifest)["metadata"] for manifest in manifests]

    second = [place.cluster.apply(manifest)["metadata"] for manifest in manifests]

    assert [m.get("generation") for m in second] == [m.get("generation") for m in first]
    assert [m["uid"] for m in second] == [m["uid"] for m in first]


def test_a_second_apply_of_a_note_is_not_even_a_new_version(place: Place) -> None:
    note = place.note(an_app(), colour="blue")
    first = place.cluster.apply(note)

    second = place.cluster.apply(note)

    assert second["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]


def test_a_dry_run_answers_and_leaves_nothing(place: Place) -> None:
    note = place.note(an_app(), colour="blue")

    answer = place.cluster.apply(note, dry_run=True)

    assert answer["data"] == {"colour": "blue"}
    assert place.cluster.read(ref_of(note)) is None


def test_an_apply_into_a_namespace_that_is_not_there_is_refused(place: Place) -> None:
    note = place.note(an_app())
    note["metadata"]["namespace"] = an_app()

    with pytest.raises(Rejected, match="manifest_refused"):
        place.cluster.apply(note)


def test_a_field_that_is_no_longer_applied_goes(place: Place) -> None:
    name = an_app()
    place.cluster.apply(place.note(name, colour="blue", size="big"))

    place.cluster.apply(place.note(name, colour="blue"))

    found = place.cluster.read(ref_of(place.note(name)))
    assert found is not None
    assert found["data"] == {"colour": "blue"}


def test_a_stranger_under_the_same_name_is_not_deleted(place: Place) -> None:
    stranger = place.note(an_app(), owner="somebody else")
    place.cluster.apply(stranger)

    place.cluster.delete(ref_of(stranger), uid="00000000-0000-4000-8000-ffffffffffff")

    assert place.cluster.read(ref_of(stranger)) is not None


def test_the_labels_as_read_say_whose_an_object_is(place: Place) -> None:
    app, workflow_id = an_app(), a_workflow()
    service = next(m for m in place.service(app, a_workflow()) if m["kind"] == "Service")
    stranger = place.note(app, owner="somebody else")
    for manifest in (service, stranger):
        place.cluster.apply(manifest)
    namespace = ObjectRef("v1", "Namespace", place.name)
    found = read_all(place.cluster, [namespace, ref_of(service), ref_of(stranger)])

    Claim(workflow_id, app, adopt=True).check(found)
    with pytest.raises(Rejected, match="not_ours") as mine:
        Claim(workflow_id, app, adopt=False).check(found)
    with pytest.raises(Rejected, match="not_ours") as of_another_app:
        Claim(workflow_id, "kettle", adopt=False).check(found)

    assert mine.value.message.endswith(f": ConfigMap {place.name}/{app}")
    assert f"Service {place.name}/{app}" in of_another_app.value.message


def test_deleting_twice_is_deleting_once(place: Place) -> None:
    note = place.note(an_app())
    uid = place.cluster.apply(note)["metadata"]["uid"]

    place.cluster.delete(ref_of(note), uid=uid)
    place.cluster.delete(ref_of(note), uid=uid)
    place.cluster.delete(ref_of(note))

    assert place.cluster.read(ref_of(note)) is None


def test_a_service_is_put_back_as_it_was_before_the_next_version(place: Place) -> None:
    app = an_app()
    serve(place, app, a_workflow())
    refs = [ref_of(manifest) for manifest in place.service(app, "any")]
    before = {ref: place.cluster.read(ref) for ref in refs}
    for manifest in place.service(app, a_workflow(), replicas=3, env={"NEW": "1"}):
        place.cluster.apply(manifest)

    for manifest in before.values():
        assert manifest is not None
        place.cluster.replace(manifest)

    for ref, manifest in before.items():
        assert manifest is not None
        assert is_restored(manifest, place.cluster.read(ref)), ref


def test_what_was_put_back_is_again_what_an_apply_may_change(place: Place) -> None:
    name = an_app()
    before = place.cluster.apply(place.note(name, colour="blue", size="big"))
    place.cluster.apply(place.note(name, colour="red"))
    place.cluster.replace(before)

    place.cluster.apply(place.note(name, colour="green"))

    found = place.cluster.read(ref_of(before))
    assert found is not None
    assert found["data"] == {"colour": "green"}


def test_what_is_gone_meanwhile_is_put_back_all_the_same(place: Place) -> None:
    app = an_app()
    service = next(m for m in place.service(app, a_workflow()) if m["kind"] == "Service")
    before = place.cluster.apply(service)
    place.cluster.delete(ref_of(service))

    place.cluster.replace(before)

    assert is_restored(before, place.cluster.read(ref_of(service)))


def test_a_service_runs_and_answers_and_says_so(place: Place) -> None:
    app, workflow_id = an_app(), a_workflow()
    assert place.cluster.probe(place.name, app, 80, "/").status is None

    serve(place, app, workflow_id)
    wait(place, app)

    assert place.cluster.probe(place.name, app, 80, "/").status == 200
    kinds = [ref.kind for ref in place.cluster.made_by(workflow_id)]
    assert sorted(kinds) == sorted(
        ["Deployment", "NetworkPolicy", "Pod", "ReplicaSet", "Service", "ServiceAccount"]
    )
    assert any(
        app in line for line in place.cluster.pod_report(place.name, {"slipway.dev/app": app})
    )


def test_nothing_of_a_workflow_is_left_when_its_objects_are_deleted(place: Place) -> None:
    app, workflow_id = an_app(), a_workflow()
    serve(place, app, workflow_id)
    wait(place, app)

    for manifest in place.service(app, workflow_id):
        place.cluster.delete(ref_of(manifest))

    assert place.cluster.made_by(workflow_id) == []


def test_everything_that_a_slipway_made_is_listed_with_its_metadata(place: Place) -> None:
    app, workflow = an_app(), a_workflow()
    serve(place, app, workflow)
    place.cluster.apply(place.note(f"{app}-note"))

    found = [each for each in place.cluster.managed() if of(each) in {workflow, place.maker}]

    assert {each["kind"] for each in found} >= {"Namespace", "Deployment", "Service"}
    assert {ref_of(each) for each in found if of(each) == workflow} == set(
        place.cluster.made_by(workflow)
    )
    assert all(each["metadata"]["uid"] for each in found)
    assert all(each["metadata"]["creationTimestamp"] for each in found)


def of(found: Manifest) -> str:
    return str(found["metadata"]["labels"][WORKFLOW])


def test_an_application_that_falls_over_ends_the_rollout(place: Place) -> None:
    app = an_app()
    serve(place, app, a_workflow(), CRASH)

    with pytest.raises(Rejected, match="crash_loop"):
        wait(place, app)


def test_an_image_that_is_not_there_ends_the_rollout(place: Place) -> None:
    app = an_app()
    missing = f"{place.image.rpartition('/')[0] or 'example.invalid'}/no-such-image:1"
    for manifest in place.service(app, a_workflow(), image=missing):
        place.cluster.apply(manifest)

    with pytest.raises(Rejected, match="image_pull_failed"):
        wait(place, app)


def test_the_first_version_serves_on_while_the_second_fails_and_after_it(place: Place) -> None:
    app, first, second = an_app(), a_workflow(), a_workflow()
    serve(place, app, first)
    wait(place, app)
    before = place.cluster.read(place.deployment(app))
    assert before is not None
    since = progress(place, app)
    serve(place, app, second, CRASH)
    with pytest.raises(Rejected, match="crash_loop"):
        wait(place, app, since)
    assert place.cluster.probe(place.name, app, 80, "/").status == 200

    place.cluster.replace(before)
    wait(place, app)

    assert place.cluster.probe(place.name, app, 80, "/").status == 200
    left = {ref.kind for ref in place.cluster.made_by(second)}
    assert "ReplicaSet" in left
    assert "Deployment" not in left


def test_a_deployment_that_is_gone_never_rolls_out(place: Place) -> None:
    rollout = place.cluster.rollout(place.deployment(an_app()))

    assert rollout.failure is not None
    assert not rollout.done


@pytest.fixture(params=CLUSTERS)
def empty_place(request: pytest.FixtureRequest) -> Iterator[Place]:
    yield from make_place(*open_cluster(request.param, request))


def test_a_new_namespace_is_empty_and_a_stranger_who_moves_in_is_seen(empty_place: Place) -> None:
    place = empty_place
    assert list(place.cluster.inhabitants(place.name)) == []
    assert place.cluster.made_by(place.maker) == [ObjectRef("v1", "Namespace", place.name)]
    stranger = ref_of(place.cluster.apply(place.note("stranger")))

    assert list(place.cluster.inhabitants(place.name)) == [stranger]


def test_a_service_that_was_deleted_leaves_its_namespace_empty(empty_place: Place) -> None:
    place, app = empty_place, an_app()
    serve(place, app, a_workflow())
    wait(place, app)
    seen = {ref.kind for ref in place.cluster.inhabitants(place.name)}
    assert seen == {"Deployment", "NetworkPolicy", "Service", "ServiceAccount"}

    for manifest in place.service(app, "any"):
        place.cluster.delete(ref_of(manifest))

    assert list(place.cluster.inhabitants(place.name)) == []


def test_an_immutable_secret_can_be_applied_again_and_never_changed(place: Place) -> None:
    name = f"{an_app()}-env-1"
    labels = labels_of(a_workflow(), "test")
    secret = settings_secret(name, place.name, {"DB_PASSWORD": "hunter2"}, labels)
    first = place.cluster.apply(secret)

    second = place.cluster.apply(secret)
    with pytest.raises(Rejected, match="manifest_refused") as refused:
        place.cluster.apply(settings_secret(name, place.name, {"DB_PASSWORD": "hunter3"}, labels))

    assert second["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]
    assert "hunter" not in refused.value.message
    now = place.cluster.read(ref_of(secret))
    assert now is not None
    assert now["data"] == secret["data"]


def test_a_service_that_has_its_settings_from_a_secret_serves(place: Place) -> None:
    app, workflow_id = an_app(), a_workflow()
    settings = {"DB_PASSWORD": "a$(PORT)$$b 'c'"}
    name = settings_secret_name(app, place.name, settings)
    labels = labels_of(workflow_id, app)
    place.cluster.apply(settings_secret(name, place.name, settings, labels))
    length = len(settings["DB_PASSWORD"])
    script = f"test ${{#DB_PASSWORD}} = {length} && {SERVE}"
    fed = {"secret_env": ["DB_PASSWORD"], "env_from": name}

    for manifest in place.service(app, workflow_id, script=script, **fed):
        place.cluster.apply(manifest)

    wait(place, app)
    assert ObjectRef("v1", "Secret", name, place.name) in place.cluster.made_by(workflow_id)
