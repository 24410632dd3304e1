"""The buildspec and the variables that CodeBuild is given, carried out against real engines."""

import json
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import boto3
import docker
import pytest
from tests.codebuild_on_moto import PROJECT
from tests.contract.engines import Login, a_workflow, ignore, never, packed
from tests.engine.aws_here import aws_command, is_installed
from tests.engine.codebuild import CodeBuildHere
from tests.engine.story import APPS, Story, View, assert_undone, wait_until
from tests.engine.test_pipeline_cancel import BUILDS_FOR_TEN_MINUTES
from tests.engines.cluster_api import ClusterApi
from tests.engines.password_registry import ECR_USERNAME, PASSWORD, PasswordRegistry

from recovery.resume import handler
from slipway import wiring
from slipway.adapters import codebuild_buildspec
from slipway.adapters.codebuild_builds import Builds
from slipway.adapters.codebuild_buildspec import Place
from slipway.adapters.codebuild_engine import CodeBuildEngine
from slipway.adapters.codebuild_log import lines_of
from slipway.adapters.docker_engine import DockerEngine
from slipway.adapters.registry_http import HttpRegistry
from slipway.containerize.labels import WORKFLOW, labels_of
from slipway.containerize.ports import DOCKERFILE, Build, Credentials, Registry
from slipway.containerize.staging import staging_tag
from slipway.saga.errors import Rejected
from slipway_local.cli.follow import ENDED
from slipway_local.system import LocalSystem

pytestmark = pytest.mark.engine
ENDS_WITHIN_S = 180
NOT_SCANNED = {"scan": False}


@pytest.fixture(scope="module")
def docker_engine() -> Iterator[DockerEngine]:
    with closing(DockerEngine()) as engine:
        yield engine


@pytest.fixture(scope="module")
def codebuild(
    system: LocalSystem, docker_engine: DockerEngine, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[CodeBuildHere]:
    """The whole system builds there, and hears of each build's end."""
    if not is_installed():
        assert os.environ.get("SLIPWAY_REQUIRE_ENGINES") != "1", "the command aws is required"
        pytest.skip("the command aws, with which a build fetches its context, is not installed")
    assert system.url
    folder = tmp_path_factory.mktemp("codebuild")
    with aws_command(folder, f"{ECR_USERNAME}:{PASSWORD}") as commands:
        here = CodeBuildHere(folder, commands, docker_engine, handler)
        engine = engine_on(here, wiring.registry(), Place(wiring.settings().bucket, 60))
        with here.serving(), wiring.use(engine=engine, outside_builds=builds_of(here)):
            yield here
            here.wait()


def builds_of(here: CodeBuildHere) -> Builds:
    return Builds(here.client, PROJECT, wiring.pause())


def engine_on(here: CodeBuildHere, registry: Registry, place: Place) -> CodeBuildEngine:
    lines = partial(lines_of, boto3.client("logs"))
    return CodeBuildEngine(builds_of(here), lines, registry, wiring.workspace(), place)


def end(story: Story, workflow: str) -> View:
    wait_until(lambda: story.view(workflow)["status"] in ENDED, ENDS_WITHIN_S)
    return story.end(workflow)


def test_an_application_that_is_built_outside_becomes_a_service(
    story: Story, codebuild: CodeBuildHere, cluster: ClusterApi, docker_engine: DockerEngine
) -> None:
    workflow = story.ask(APPS / "static", options=NOT_SCANNED)

    view = end(story, workflow)

    assert view["status"] == "COMPLETED", view
    assert codebuild.statuses[-1] == "SUCCEEDED"
    assert cluster.ask_service(story.name, story.name, view["service"]["port"], "/")
    repository = view["image"]["reference"].rpartition(":")[0]
    with closing(HttpRegistry()) as registry:
        digest = registry.digest(f"{repository}:{staging_tag(workflow)}")
        assert digest == view["image"]["digest"]
        assert registry.labels(repository, str(digest))[WORKFLOW] == workflow
    assert docker_engine.made_by(workflow) == []
    assert "Successfully tagged" in log_of(workflow)


def test_a_build_that_fails_outside_is_told_in_its_own_words_and_undone(
    story: Story, codebuild: CodeBuildHere
) -> None:
    before = story.look()

    view = end(story, story.ask(APPS / "broken-build", options=NOT_SCANNED))

    assert_undone(view, "build_image", {"build_failed"})
    assert codebuild.statuses[-1] == "FAILED"
    assert "prices.csv is missing" in view["error"]["message"]
    assert "[Container]" not in view["error"]["message"]
    assert story.changes(before) == []


def test_a_cancel_stops_the_build_outside_and_leaves_nothing(
    story: Story, codebuild: CodeBuildHere, docker_client: docker.DockerClient, tmp_path: Path
) -> None:
    (tmp_path / "Dockerfile").write_text(BUILDS_FOR_TEN_MINUTES)
    before = story.look()
    workflow = story.ask(tmp_path, options=NOT_SCANNED)
    label = {"label": f"{WORKFLOW}={workflow}"}
    wait_until(lambda: bool(docker_client.api.containers(filters=label)))

    story.ask_to_stop(workflow)
    handler({"detail-type": "slipway.workflow.cancel_requested", "detail": {"subject": workflow}})

    assert_undone(end(story, workflow), "build_image", {"cancelled"})
    assert codebuild.statuses[-1] == "STOPPED"
    assert story.changes(before) == []


def log_of(workflow: str) -> str:
    return wiring.workspace().get(f"workflows/{workflow}/build_image/build.log").decode()


@pytest.fixture
def locked(password_registry: PasswordRegistry) -> Iterator[HttpRegistry]:
    login = Login(Credentials(password_registry.username, password_registry.password))
    with closing(HttpRegistry(login)) as registry:
        yield registry


@pytest.fixture
def order(
    password_registry: PasswordRegistry, base_images: str, tmp_path: Path
) -> Callable[[], Build]:
    def of_a_workflow() -> Build:
        labels = labels_of(a_workflow(), "shop")
        lines = [f"FROM {base_images or 'docker.io'}/library/busybox:1.37"]
        lines += [f"LABEL {name}={value}" for name, value in labels.items()]
        context = packed(tmp_path / "context.tar", "\n".join(lines))
        repository = f"{password_registry.host}/apps/{uuid.uuid4().hex[:12]}"
        return Build(context, DOCKERFILE, labels, network="none", repository=repository)

    return of_a_workflow


def secret(username: str, password: str) -> str:
    value = json.dumps({"username": username, "password": password})
    made = boto3.client("secretsmanager").create_secret(Name=uuid.uuid4().hex, SecretString=value)
    return str(made["ARN"])


def alone(codebuild: CodeBuildHere, monkeypatch: pytest.MonkeyPatch) -> None:
    """No workflow waits for these builds."""
    monkeypatch.setattr(codebuild, "hear", lambda _: None)


@pytest.mark.parametrize("how", ["secret", "ecr"])
def test_a_build_logs_in_to_its_registry(
    how: codebuild_buildspec.Login,
    codebuild: CodeBuildHere,
    locked: HttpRegistry,
    order: Callable[[], Build],
    password_registry: PasswordRegistry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    alone(codebuild, monkeypatch)
    arn = secret(password_registry.username, password_registry.password)
    place = Place(wiring.settings().bucket, 60, arn, lambda _: how)
    engine, build = engine_on(codebuild, locked, place), order()
    workflow = build.labels[WORKFLOW]

    assert engine.build(build, ignore, never) is None
    codebuild.wait()

    image = engine.built(workflow, ignore)
    assert (
        image
        == f"{build.repository}@{locked.digest(f'{build.repository}:{staging_tag(workflow)}')}"
    )
    engine.remove_made_by(workflow)
    assert locked.tags(str(build.repository)) == []


def test_a_build_whose_login_is_refused_says_so_and_builds_nothing(
    codebuild: CodeBuildHere,
    locked: HttpRegistry,
    order: Callable[[], Build],
    password_registry: PasswordRegistry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    alone(codebuild, monkeypatch)
    arn = secret(password_registry.username, "wrong-horse")
    place = Place(wiring.settings().bucket, 60, arn, lambda _: "secret")
    engine, build = engine_on(codebuild, locked, place), order()
    log: list[str] = []

    engine.build(build, log.append, never)
    codebuild.wait()

    with pytest.raises(Rejected, match="PRE_BUILD") as caught:
        engine.built(build.labels[WORKFLOW], log.append)
    assert caught.value.code == "builder_failed"
    assert "wrong-horse" not in "\n".join(log)
    assert not any("docker build" in line for line in log)
