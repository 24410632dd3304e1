"""Every sample is built, runs as nobody special on a read-only root, answers, and stops in time."""

import re
import shutil
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import docker.errors
import pytest

from slipway.containerize.analysis import analyze
from slipway.containerize.build_settings import BuildSettings
from slipway.containerize.dockerfile import dockerfile_for

pytestmark = pytest.mark.engine

# The stubs of the SDK are narrower than the SDK: a port that the system chooses has no type there.
Client = Any
Container = Any

APPS = Path(__file__).parents[1] / "apps"
GOOD = ("flask", "fastapi", "express", "go", "static", "own-dockerfile")
INSTALLS = re.compile(r'RUN \["(pip", "install|npm", "ci|go", "mod)')
STARTS_WITHIN_S = 30
STOPS_WITHIN_S = 10


class Built(NamedTuple):
    image: str
    log: str
    port: int
    health_path: str


@pytest.fixture
def build(
    docker_client: Client,
    base_images: str,
    build_args: dict[str, str],
    build_network: str | None,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[Path], Built]]:
    """Build a folder as the pipeline does; afterwards every image with the label is removed."""
    labels = {"slipway.dev/workflow": f"wf_{uuid.uuid4().hex}"}
    settings = BuildSettings(base_images, build_args, build_network)

    def built(app: Path) -> Built:
        component = analyze(app).component
        written = dockerfile_for(app, component, labels, settings)
        context = tmp_path_factory.mktemp("context")
        shutil.copytree(app, context, dirs_exist_ok=True)
        (context / "Dockerfile").write_text(written.dockerfile)
        (context / ".dockerignore").write_text(written.dockerignore)
        image, log = docker_client.images.build(
            path=str(context),
            buildargs=build_args,
            network_mode=build_network,
            rm=True,
            forcerm=True,
        )
        text = "".join(entry.get("stream", "") for entry in log)
        assert component.port is not None
        return Built(image.id, text, component.port, component.health_path or "/")

    yield built
    _remove_all(docker_client, labels)


def _remove_all(client: Client, labels: dict[str, str]) -> None:
    wanted = [f"{key}={value}" for key, value in labels.items()]
    while found := client.images.list(all=True, filters={"label": wanted}):
        parents = {image.attrs["Parent"] for image in found}
        for image in found:
            if image.id not in parents:
                client.images.remove(image.id, force=True)


@pytest.fixture
def run(
    docker_client: Client,
) -> Iterator[Callable[..., Container]]:
    started = []

    def running(built: Built, **more: Any) -> Container:
        container = docker_client.containers.run(
            built.image,
            detach=True,
            read_only=True,
            user="10001:10001",
            cap_drop=["ALL"],
            security_opt=["no-new-privileges"],
            tmpfs={"/tmp": ""},
            ports={f"{built.port}/tcp": ("127.0.0.1", None)},
            **more,
        )
        started.append(container)
        return container

    yield running
    for container in started:
        container.remove(force=True)


def _copied(app: str, tmp_path: Path) -> Path:
    return Path(shutil.copytree(APPS / app, tmp_path / app))


def _status(container: Container, built: Built) -> int:
    """The answer of the health path, once there is one."""
    container.reload()
    published = container.ports[f"{built.port}/tcp"][0]["HostPort"]
    address = f"http://127.0.0.1:{published}{built.health_path}"
    deadline = time.monotonic() + STARTS_WITHIN_S
    while True:
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            assert time.monotonic() < deadline, container.logs().decode()


@pytest.mark.parametrize("app", GOOD)
def test_a_sample_answers_as_nobody_special_on_a_read_only_root_and_stops_in_time(
    app: str, tmp_path: Path, build: Callable[[Path], Built], run: Callable[..., Any]
) -> None:
    built = build(_copied(app, tmp_path))
    container = run(built)

    assert _status(container, built) == 200
    probe = container.client.api.inspect_image(built.image)["Config"]["Healthcheck"]["Test"][1:]
    assert container.exec_run(probe).exit_code == 0

    began = time.monotonic()
    container.stop(timeout=STOPS_WITHIN_S + 5)
    assert time.monotonic() - began < STOPS_WITHIN_S


@pytest.mark.parametrize(
    ("app", "source"),
    [("flask", "app.py"), ("fastapi", "shop/main.py"), ("express", "server.js"),
     ("go", "cmd/server/main.go")],
)  # fmt: skip
def test_touching_a_source_file_keeps_the_layer_of_the_dependencies(
    app: str, source: str, tmp_path: Path, build: Callable[[Path], Built]
) -> None:
    folder = _copied(app, tmp_path)
    build(folder)
    comment = "#" if source.endswith(".py") else "//"
    with (folder / source).open("a") as file:
        file.write(f"{comment} one more line\n")

    steps = build(folder).log.split("\nStep ")

    install = next(step for step in steps if INSTALLS.search(step))
    assert "Using cache" in install


def test_a_build_that_fails_leaves_only_images_with_the_label(
    tmp_path: Path, build: Callable[[Path], Built], docker_client: Client
) -> None:
    before = {image.id for image in docker_client.images.list(all=True)}

    with pytest.raises(docker.errors.BuildError):
        build(_copied("broken-build", tmp_path))

    left = [image for image in docker_client.images.list(all=True) if image.id not in before]
    assert [image for image in left if "slipway.dev/workflow" not in image.labels] == []


def test_the_sample_that_crashes_ends_with_one_and_says_why(
    tmp_path: Path, build: Callable[[Path], Built], run: Callable[..., Any]
) -> None:
    container = run(build(_copied("crashes", tmp_path)))

    assert container.wait(timeout=STARTS_WITHIN_S)["StatusCode"] == 1
    assert b"no tea" in container.logs()
