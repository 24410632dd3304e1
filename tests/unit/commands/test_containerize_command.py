"""Anna asks for a deployment: once, twice, wrongly, and while another one runs."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from tests.unit.slipway.cqrs.stories import NOON, REQUEST, Reply, ask, run

from commands.containerize import handler
from commands.upload import handler as offer_upload
from slipway import wiring
from slipway.accounts.memory import MemoryAccounts
from slipway.adapters.memory.workspace import MemoryWorkspace
from slipway.containerize.target import Target
from slipway.messages.views import Link
from slipway.saga import transitions
from slipway.saga.memory import MemoryStore
from slipway.saga.state import Cancel
from slipway.saga.store import Change, Inbox
from slipway.settings import Settings
from steps import PLAN

OWN_BUCKET = "slipway-workspace"
ACCESS_POINT = "arn:aws:s3:eu-west-1:123456789012:accesspoint/own"


class Links:
    """Signed URLs that name what they are for."""

    def to_put(self, key: str, size_bytes: int | None) -> Link:
        return Link(url=f"https://s3.example/{key}?{size_bytes}", method="PUT", expires_at=NOON)

    def to_get(self, key: str) -> Link:
        return Link(url=f"https://s3.example/{key}", expires_at=NOON)


class Forgetful(MemoryStore):
    """Its inbox is empty again, as after a day."""

    def remembered(self, key: str) -> Inbox | None:  # noqa: ARG002  (it forgot)
        return None


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def workspace() -> MemoryWorkspace:
    return MemoryWorkspace()


@pytest.fixture(autouse=True)
def system(store: MemoryStore, workspace: MemoryWorkspace) -> Iterator[None]:
    with wiring.use(
        store=store,
        claims=store,
        accounts=MemoryAccounts(),
        workspace=workspace,
        uploads=Links(),
        target=Target("registry.example/apps"),
        settings=Settings(source_max_mb=1, bucket=OWN_BUCKET),
    ):
        yield


def post(body: Any = None, key: str | None = None, **more: Any) -> Reply:
    headers = {"Idempotency-Key": key} if key else {}
    return ask(handler, "POST", body=REQUEST if body is None else body, headers=headers, **more)


def of_git(url: str) -> dict[str, Any]:
    return {**REQUEST, "source": {"git": {"url": url}}}


def other(**app: Any) -> dict[str, Any]:
    return {**REQUEST, "app": {"name": "shop", **app}}


def test_a_request_is_accepted_and_tells_where_to_look(store: MemoryStore) -> None:
    reply = post()

    workflow_id = reply.json["workflow_id"]
    assert (reply.status, reply.json["version"]) == (202, 1)
    assert reply.headers["location"] == f"/workflows/{workflow_id}?min_version=1"
    saga = store.load(workflow_id).workflow
    assert (saga.owner, saga.status, saga.lock) == ("anna", "REQUESTED", "default/shop/shop")
    (event,) = store.events(workflow_id)
    assert event.type == "slipway.workflow.requested"
    assert event.data["workflow"]["steps"] == [step.name for step in PLAN]


def test_the_same_key_and_request_get_the_same_answer_and_one_workflow(store: MemoryStore) -> None:
    first, second = post(key="k1"), post(key="k1")

    assert (second.status, second.json) == (first.status, first.json)
    assert len(store.events(first.json["workflow_id"])) == 1


def test_the_same_key_with_another_request_is_a_conflict() -> None:
    post(key="k1")

    reply = post(other(replicas=2), key="k1")

    assert (reply.status, reply.json["code"]) == (409, "idempotency_conflict")
    assert reply.json["field"] == "Idempotency-Key"


def test_a_key_is_its_owners_alone() -> None:
    mine = post(key="k1")

    theirs = post(other(name="cafe"), key="k1", owner="boris")

    assert theirs.status == 202
    assert theirs.json["workflow_id"] != mine.json["workflow_id"]


def test_a_key_that_the_inbox_forgot_still_starts_nothing_twice() -> None:
    with wiring.use(store=Forgetful()):
        first, second, third = post(key="k"), post(key="k"), post(other(replicas=2), key="k")

    assert second.json == first.json
    assert third.json["code"] == "idempotency_conflict"


@pytest.mark.parametrize(
    ("app", "status"),
    [
        ({"env": {"PORT": "6000"}}, 400),
        ({"env": {"PORT": "6000"}, "port": 5000}, 400),
        ({"env": {"PORT": "6000"}, "port": 6000}, 202),
    ],
)
def test_a_port_is_not_set_by_the_environment_unless_both_say_the_same(
    app: dict[str, Any], status: int
) -> None:
    reply = post(other(**app))

    assert reply.status == status
    if status == 400:
        assert (reply.json["code"], reply.json["field"]) == ("invalid_request", "app.env.PORT")
        assert "app.port (--port)" in reply.json["fix"]


def test_a_target_in_use_names_the_workflow_that_holds_it(store: MemoryStore) -> None:
    holder = post().json["workflow_id"]

    reply = post()

    assert (reply.status, reply.json["code"]) == (409, "target_locked")
    assert reply.json["holder"] == holder
    run(store, holder)
    assert post().status == 202


def test_a_workflow_is_recorded_with_its_world_and_holds_its_target_there(
    store: MemoryStore,
) -> None:
    for number, cluster in enumerate(("https://blue.example", "https://green.example")):
        settings = Settings(at_engine="unix:///docker.sock", at_cluster=cluster)
        with wiring.use(store=store, settings=settings):
            reply = post(key=str(number))

        workflow = store.load(reply.json["workflow_id"]).workflow
        assert workflow.world == {"engine": "unix:///docker.sock", "cluster": cluster}
        assert store.target(f"{cluster}/shop/shop").holder == workflow.workflow_id


def test_what_deploys_nothing_locks_nothing() -> None:
    build_only = {**REQUEST, "options": {"deploy": False}}

    assert [post(build_only).status, post(build_only).status] == [202, 202]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"app": {"name": "shop"}}, "source"),
        ({**REQUEST, "source": {}}, "source"),
        ({**REQUEST, "app": {"name": "Shop!"}}, "app.name"),
        (other(namespace="my_space"), "app.namespace"),
        ({**REQUEST, "image": {"repository": "shop/UPPER"}}, "image.repository"),
        ({**REQUEST, "image": {"repository": "169.254.169.254/foo"}}, "image.repository"),
        ({**REQUEST, "image": {"tag": "a b"}}, "image.tag"),
        ({**REQUEST, "options": {"on_failure": "advise"}}, "options.on_failure"),
        ({**REQUEST, "source": {"upload_id": "up_abcdefgh"}}, "source.upload_id"),
        (of_git("https://anna:hunter2@git.test/shop"), "source.git.url"),
        (of_git("https://hunter2@git.test/shop"), "source.git.url"),
        (of_git("https://git.test/shop?token=hunter2"), "source.git.url"),
        (of_git("https://git.test/shop#hunter2"), "source.git.url"),
        (of_git("https://git.test/shop.git;password=hunter2"), "source.git.url"),
        (of_git("https://git.test/hunter2@git.test/shop"), "source.git.url"),
        ({**REQUEST, "source": {"s3": {"bucket": OWN_BUCKET, "key": "k"}}}, "source.s3.bucket"),
        ({**REQUEST, "source": {"s3": {"bucket": ACCESS_POINT, "key": "k"}}}, "source.s3.bucket"),
    ],
)
def test_a_bad_request_names_the_field_and_writes_nothing(
    body: dict[str, Any], field: str, store: MemoryStore
) -> None:
    reply = post(body)

    assert (reply.status, reply.json["field"]) == (400, field)
    assert reply.json["fix"]
    assert "hunter2" not in str(reply.json)
    assert store._sagas == {}


def test_without_a_registry_the_request_is_refused_before_anything_happens(
    store: MemoryStore,
) -> None:
    with wiring.use(target=Target(None)):
        reply = post()

    assert (reply.status, reply.json["code"]) == (400, "no_registry")
    assert "SLIPWAY_REGISTRY" in reply.json["fix"]
    assert store._sagas == {}


def test_an_upload_is_offered_filled_and_built_from_by_its_owner_only(
    workspace: MemoryWorkspace,
) -> None:
    offer = ask(offer_upload, "POST", body={"size_bytes": 7}).json
    source = {**REQUEST, "source": {"upload_id": offer["upload_id"]}}
    too_early = post(source)
    workspace.put(f"uploads/{offer['upload_id']}", b"archive")

    assert too_early.json["field"] == "source.upload_id"
    assert post(source, owner="boris").json["field"] == "source.upload_id"
    assert post(source).status == 202


def test_an_offer_tells_where_how_and_how_much() -> None:
    reply = ask(offer_upload, "POST", body={}, headers={"idempotency-key": "k"})
    again = ask(offer_upload, "POST", body={}, headers={"idempotency-key": "k"})

    assert reply.status == 201
    assert set(reply.json) == {
        "upload_id",
        "url",
        "method",
        "headers",
        "expires_at",
        "max_size_bytes",
    }
    assert (reply.json["method"], reply.json["max_size_bytes"]) == ("PUT", 1_000_000)
    assert again.json["upload_id"] == reply.json["upload_id"]


def test_a_source_over_the_limit_is_refused_before_it_is_sent() -> None:
    reply = ask(offer_upload, "POST", body={"size_bytes": 1_000_001})

    assert (reply.status, reply.json["field"]) == (400, "size_bytes")


@pytest.mark.parametrize("size", ["1", True, 1.5, 0])
def test_a_size_that_is_no_number_of_bytes_is_refused(size: object) -> None:
    reply = ask(offer_upload, "POST", body={"size_bytes": size})

    assert (reply.status, reply.json["field"]) == (400, "size_bytes")


def test_two_equal_requests_at_once_make_one_workflow() -> None:
    class Raced(MemoryStore):
        """The other request commits between our look at the inbox and our own commit."""

        raced = False

        def commit(self, change: Change) -> None:
            if not self.raced:
                self.raced = True
                super().commit(change)
            super().commit(change)

    with wiring.use(store=Raced()):
        first, second = post(key="k"), post(key="k")

    assert (first.status, first.json) == (202, second.json)


def test_a_cancel_does_not_free_the_target_before_the_undo_is_through(store: MemoryStore) -> None:
    holder = post().json["workflow_id"]
    asked = Cancel(reason="r", requested_at=NOON, requested_by="anna")
    store.commit(transitions.cancel_requested(store.load(holder), asked, None))

    assert post().json["holder"] == holder


def ids(replies: Sequence[Reply]) -> set[str]:
    return {reply.json["workflow_id"] for reply in replies}


def test_without_a_key_every_request_is_a_new_one() -> None:
    cafes = [post(other(name="cafe")), post(other(name="shop"))]

    assert len(ids(cafes)) == 2
