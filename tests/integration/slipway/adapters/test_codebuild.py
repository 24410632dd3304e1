"""Builds on CodeBuild: begun once, looked at until they end, and undone without a trace."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import boto3
import pytest
from moto import mock_aws
from tests.codebuild_on_moto import GROUP, PROJECT, CodeBuildInMemory, told_to

from slipway.adapters.codebuild_builds import Builds
from slipway.adapters.codebuild_buildspec import Login, Place
from slipway.adapters.codebuild_engine import LAST_LINES, CodeBuildEngine
from slipway.adapters.codebuild_log import lines_of
from slipway.adapters.memory.registry import MemoryRegistry
from slipway.adapters.memory.workspace import MemoryWorkspace
from slipway.adapters.memory.world import MemoryWorld
from slipway.containerize.labels import WORKFLOW, labels_of
from slipway.containerize.ports import DOCKERFILE, Build
from slipway.containerize.staging import staging_tag
from slipway.saga.errors import Rejected, Unavailable

ME = "wf_bbbbbbbbbbbbbbbbbbbbbbbb"
OTHER = "wf_aaaaaaaaaaaaaaaaaaaaaaaa"
SHOP = "registry.test:5000/apps/shop"
STAGED = f"{SHOP}:{staging_tag(ME)}"
REGION = "eu-central-1"


class Site:
    """A project on moto, a registry in memory, and the engine that brings them together."""

    def __init__(self, folder: Path) -> None:
        self.world, self.workspace = MemoryWorld(), MemoryWorkspace()
        self.registry = MemoryRegistry(self.world)
        self.codebuild = CodeBuildInMemory(self.world, REGION)
        self.pauses: list[float] = []
        self.builds = Builds(self.codebuild.client, PROJECT, self.pauses.append)
        self.login: Login = "none"
        place = Place("workspace", 60, "arn:aws:secretsmanager:x:1:secret:y", lambda _: self.login)
        lines = partial(lines_of, boto3.client("logs", region_name=REGION))
        self.engine = CodeBuildEngine(self.builds, lines, self.registry, self.workspace, place)
        self.log: list[str] = []
        self._context = folder / "context.tar"
        self._context.write_bytes(b"a tar file")

    def order(self, workflow: str = ME, repository: str | None = SHOP, **args: str) -> Build:
        labels = labels_of(workflow, "shop")
        return Build(self._context, DOCKERFILE, labels, args, repository=repository)

    def begin(self, workflow: str = ME) -> str | None:
        return self.engine.build(self.order(workflow), self.log.append, lambda: False)

    def built(self, workflow: str = ME) -> str | None:
        return self.engine.built(workflow, self.log.append)

    def done(self, workflow: str = ME) -> str:
        self.begin(workflow)
        self.codebuild.end()
        image = self.built(workflow)
        assert image is not None
        return image

    @property
    def told(self) -> dict[str, str]:
        """The variables of the newest build."""
        found = self.codebuild.client.list_builds_for_project(projectName=PROJECT)["ids"][-1:]
        return told_to(self.codebuild.client.batch_get_builds(ids=found)["builds"][0])


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Site]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        found = Site(tmp_path)
        with found.codebuild.serving():
            yield found


def test_a_build_goes_on_after_it_was_begun_and_its_image_is_the_registrys(site: Site) -> None:
    assert site.begin() is None
    assert site.built() is None

    site.codebuild.print("Step 1/2 : FROM scratch", "Step 2/2 : COPY . .")
    site.codebuild.end()

    assert site.built() == f"{SHOP}@{site.registry.digest(STAGED)}"
    assert site.log[-1] == "Step 2/2 : COPY . ."
    assert set(site.workspace.keys(f"workflows/{ME}/")) == {
        f"workflows/{ME}/build_image/codebuild.json"
    }


def test_a_build_is_told_where_its_context_is_and_how_to_label_the_image(site: Site) -> None:
    site.engine.build(site.order(PIP_INDEX_URL="https://pip.test/x y"), site.log.append, bool)

    assert site.told["SLIPWAY_CONTEXT"] == f"s3://workspace/workflows/{ME}/build_image/context.tar"
    assert f"--label={WORKFLOW}={ME}" in site.told["SLIPWAY_FLAGS"].split()
    assert "--build-arg=PIP_INDEX_URL" in site.told["SLIPWAY_FLAGS"].split()
    assert site.told["PIP_INDEX_URL"] == "https://pip.test/x y"
    assert [given["timeoutInMinutesOverride"] for given in site.codebuild.given.values()] == [60]


def test_a_label_that_a_shell_would_take_apart_is_refused(site: Site) -> None:
    order = Build(site.order().context, DOCKERFILE, {WORKFLOW: ME, "x": "$(id)"}, repository=SHOP)

    with pytest.raises(Rejected, match="build_flag_invalid"):
        site.engine.build(order, site.log.append, lambda: False)

    assert site.codebuild.statuses == []


@pytest.mark.parametrize("login", ["ecr", "none"])
def test_a_password_is_named_only_to_a_build_for_its_own_registry(site: Site, login: Login) -> None:
    site.login = login
    site.begin(OTHER)
    assert not {name for name in site.told if "PASSWORD" in name}

    site.login = "secret"
    site.begin()
    assert site.told["SLIPWAY_REGISTRY_PASSWORD"].endswith(":secret:y:password")


@pytest.mark.parametrize("lost", [1, 2])
def test_a_build_whose_beginning_was_not_heard_of_is_not_begun_again(site: Site, lost: int) -> None:
    """Lost once, the client asks again with the same token; twice, and the step itself does."""
    site.codebuild.lose_answers = lost
    try:
        site.begin()
    except Unavailable:
        site.begin()

    assert site.codebuild.statuses == ["IN_PROGRESS"]


def test_two_workflows_have_a_build_each(site: Site) -> None:
    site.done()
    site.begin(OTHER)

    assert site.built(OTHER) is None
    assert site.built(ME) == f"{SHOP}@{site.registry.digest(STAGED)}"
    assert set(site.builds.lately()) == {ME, OTHER}


def test_a_build_that_fails_tells_the_end_of_its_log(site: Site) -> None:
    site.begin()
    site.codebuild.print("RUN make\n", "make: no rule\nmake: password=hunter2\n")
    afterwards = [f"[Container] Phase context {n}" for n in range(LAST_LINES)]
    site.codebuild.print(*afterwards)
    site.codebuild.end("FAILED")

    with pytest.raises(Rejected) as caught:
        site.built()

    assert caught.value.code == "build_failed"
    assert caught.value.message == "RUN make\nmake: no rule\nmake: password=***"
    assert site.log[-LAST_LINES:] == afterwards


def test_a_key_that_a_build_prints_is_hidden_to_its_last_line(site: Site) -> None:
    key = ["-----BEGIN PRIVATE KEY-----", "Zm9vYmFy", "YmF6", "-----END PRIVATE KEY-----"]
    site.begin()
    site.codebuild.print(*(f"#12 0.{number} {line}\n" for number, line in enumerate(key)), "no")
    site.codebuild.end("FAILED")

    with pytest.raises(Rejected) as caught:
        site.built()

    assert caught.value.message == "#12 0.0 ***\nno"
    assert not [line for line in site.log if "Zm9v" in line or "YmF6" in line]


@pytest.mark.parametrize(
    ("status", "phase", "code"),
    [
        ("TIMED_OUT", "BUILD", "build_timeout"),
        ("STOPPED", "BUILD", "build_stopped"),
        ("FAILED", "PRE_BUILD", "builder_failed"),
        ("FAILED", "POST_BUILD", "builder_failed"),
    ],
)
def test_a_build_that_ends_otherwise_says_how(
    site: Site, status: str, phase: str, code: str
) -> None:
    site.begin()
    site.codebuild.end(status, phase)

    with pytest.raises(Rejected) as caught:
        site.built()

    assert caught.value.code == code


def test_a_build_that_aws_lost_is_begun_anew_and_no_other_is(site: Site) -> None:
    site.begin()
    site.codebuild.end("FAULT")
    with pytest.raises(Unavailable, match="build_fault"):
        site.built()

    assert site.begin() is None
    assert site.begin() is None

    assert site.codebuild.statuses == ["FAULT", "IN_PROGRESS"]


def test_a_cancelled_workflow_begins_no_build(site: Site) -> None:
    with pytest.raises(Rejected, match="cancelled"):
        site.engine.build(site.order(), site.log.append, lambda: True)

    assert site.codebuild.statuses == []


def test_an_undo_stops_the_build_and_leaves_nothing(site: Site) -> None:
    site.begin()
    assert [made.kind for made in site.engine.made_by(ME)] == ["build"]

    site.engine.remove_made_by(ME)
    site.engine.remove_made_by(ME)

    assert site.codebuild.statuses == ["STOPPED"]
    assert site.engine.made_by(ME) == []
    assert list(site.workspace.keys(f"workflows/{ME}/")) == []


def test_an_undo_deletes_what_was_staged_and_nobody_elses_image(site: Site) -> None:
    theirs = site.done(OTHER)
    image = site.done()
    assert [made.name for made in site.engine.made_by(ME)] == [image]

    site.engine.remove_made_by(ME)

    assert site.engine.image_at(image) is None
    assert site.engine.image_at(theirs) == theirs
    assert site.registry.tags(SHOP) == [staging_tag(OTHER)]


def test_an_image_that_another_tag_names_is_not_deleted(site: Site) -> None:
    image = site.done()
    site.registry.set_tag(f"{SHOP}:live", image.partition("@")[2])

    site.engine.remove_made_by(ME)

    assert site.engine.image_at(image) == image


def test_an_old_image_is_found_by_its_id_when_its_build_is_forgotten(site: Site) -> None:
    image = site.done()
    site.workspace.delete(f"workflows/{ME}/")
    in_a_year = datetime.now(UTC) + timedelta(days=365)
    forgetful = Builds(site.codebuild.client, PROJECT, site.pauses.append, lambda: in_a_year)
    place = Place("workspace", 60)
    engine = CodeBuildEngine(forgetful, lambda *_: iter(()), site.registry, site.workspace, place)

    assert engine.made_by(ME) == []
    engine.remove_made_by(ME, image)

    assert engine.image_at(image) is None


def test_a_name_is_given_by_the_push_and_not_before(site: Site) -> None:
    image, reference = site.done(), f"{SHOP}:stable"

    site.engine.tag(image, reference)
    assert site.engine.image_at(reference) is None
    assert site.registry.digest(reference) is None
    site.engine.push(reference, None, site.log.append, lambda: False, image)
    site.engine.untag(reference)

    assert f"{SHOP}@{site.registry.digest(reference)}" == image


@pytest.mark.parametrize("image", [None, "registry.test:5000/apps/other@sha256:" + "0" * 64])
def test_an_image_of_another_repository_is_not_pushed(site: Site, image: str | None) -> None:
    with pytest.raises(Rejected, match="no_such_image"):
        site.engine.push(f"{SHOP}:1", None, site.log.append, lambda: False, image)


def test_an_image_that_is_not_there_gets_no_name(site: Site) -> None:
    with pytest.raises(Rejected, match="no_such_image"):
        site.engine.tag(f"{SHOP}@sha256:{'0' * 64}", f"{SHOP}:1")


def test_an_event_of_a_build_names_its_workflow(site: Site) -> None:
    site.begin()
    event = site.codebuild.end()

    assert site.builds.workflow_of(event["detail"]["build-id"]) == ME
    assert site.builds.workflow_of("arn:aws:codebuild:x:1:build/other:1") is None


@pytest.mark.usefixtures("site")
def test_a_log_whose_stream_is_not_there_yet_has_no_lines() -> None:
    logs = boto3.client("logs", region_name=REGION)

    assert list(lines_of(logs, GROUP, "not-yet")) == []
