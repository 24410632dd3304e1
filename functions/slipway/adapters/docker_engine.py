"""The engine port over the Docker Engine API: build, tag, push, and removal by label."""

import threading
from collections.abc import Sequence

from docker.errors import APIError, NotFound

from slipway.adapters import docker_build, docker_managed, docker_push, docker_removal
from slipway.adapters.docker_client import Client, connect, translated
from slipway.containerize.engine_images import Made
from slipway.containerize.ports import Build, Credentials, Labelled, Log, Stop
from slipway.containerize.reference import DEFAULT_TAG, parse
from slipway.saga.errors import Rejected

_CONFLICT = 409


class DockerEngine:
    """`host` is a DOCKER_HOST, `cert_path` a DOCKER_CERT_PATH. Connects on first use."""

    rehearsal = False

    def __init__(self, host: str | None = None, cert_path: str | None = None) -> None:
        self._host = host
        self._cert_path = cert_path
        self._connected: Client | None = None
        self._guard = threading.Lock()

    def build(self, build: Build, log: Log, stop: Stop) -> str:
        return docker_build.run_build(self._client(), self._host, build, log, stop)

    def built(self, workflow_id: str, log: Log) -> str | None:  # noqa: ARG002  (required by the port)
        raise Rejected("nothing_outside", "a build on the engine does not outlive its caller")

    def image_at(self, reference: str) -> str | None:
        if not reference.startswith("sha256:"):
            parse(reference)
        client = self._client()
        with translated(self._host):
            try:
                found = client.inspect_image(reference)  # type: ignore[no-untyped-call]  # the SDK
                return str(found["Id"])
            except NotFound:
                return None

    def tag(self, image_id: str, reference: str) -> None:
        name, client = parse(reference), self._client()
        with translated(self._host):
            try:
                client.tag(image_id, name.repository, name.tag or DEFAULT_TAG)
            except NotFound as error:
                raise Rejected("no_such_image", f"the engine has no image {image_id}") from error

    def untag(self, reference: str) -> None:
        """Remove a tag; the engine also deletes the image if that was its last one.

        Docker refuses to remove the last tag of an image in use; forcing it would delete the image
        under a stopped container. Such a tag stays.
        """
        name, client = parse(reference), self._client()
        with translated(self._host):
            try:
                client.remove_image(f"{name.repository}:{name.tag or DEFAULT_TAG}", noprune=True)
            except NotFound:
                return
            except APIError as error:
                if error.status_code != _CONFLICT:
                    raise

    def push(
        self,
        reference: str,
        credentials: Credentials | None,
        log: Log,
        stop: Stop,
        image_id: str | None = None,  # noqa: ARG002  (the engine resolves the reference)
    ) -> None:
        docker_push.run_push(self._client(), self._host, reference, credentials, log, stop)

    def made_by(self, workflow_id: str, built: str | None = None) -> Sequence[Made]:
        client = self._client()
        with translated(self._host):
            return docker_removal.find(client, workflow_id, built)

    def remove_made_by(self, workflow_id: str, built: str | None = None) -> None:
        client = self._client()
        with translated(self._host):
            docker_removal.remove(client, workflow_id, built)

    def remove_stages(self, workflow_id: str, built: str) -> None:
        client = self._client()
        with translated(self._host):
            docker_removal.remove_stages(client, workflow_id, built)

    def managed(self) -> Sequence[Labelled]:
        client = self._client()
        with translated(self._host):
            return docker_managed.managed(client)

    def close(self) -> None:
        with self._guard:
            if self._connected is not None:
                self._connected.close()
            self._connected = None

    def _client(self) -> Client:
        with self._guard:
            if self._connected is None:
                self._connected = connect(self._host, self._cert_path)
            return self._connected
