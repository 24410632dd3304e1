"""An engine that breaks off, or cannot reach a registry, may be asked again."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.contract.engines import ignore, never
from tests.integration.slipway.adapters.registry_stub import Answer, RegistryStub

from slipway.adapters.docker_engine import DockerEngine
from slipway.containerize.engine_images import BaseImage
from slipway.containerize.ports import DOCKERFILE, Build
from slipway.saga.errors import Rejected, Unavailable

SHOP = "registry.test:5000/apps/shop:1"
PUSHED = "POST /v1.41/images/registry.test:5000/apps/shop/push"
ASKED = "GET /v1.41/distribution/registry.test:5000/apps/shop:1/json"
PULLED = "POST /v1.41/images/create"


@pytest.fixture
def engine(stub: RegistryStub) -> Iterator[DockerEngine]:
    """The stub answers as one; it has no images."""
    stub.answers["GET /version"] = Answer(200, b'{"ApiVersion": "1.41"}')
    engine = DockerEngine(f"tcp://{stub.host}")
    yield engine
    engine.close()


@pytest.mark.parametrize(
    "said",
    [b"", b'{"status": "Pushing"}\n', b'{"status": "Pushing"}\n{"aux": {"Dig'],
    ids=["nothing", "no digest", "half a line"],
)
def test_a_push_that_the_engine_breaks_off_may_be_tried_again(
    stub: RegistryStub, engine: DockerEngine, said: bytes
) -> None:
    stub.answers[PUSHED] = Answer(200, said)

    with pytest.raises(Unavailable, match="engine_lost"):
        engine.push(SHOP, None, ignore, never)


def test_what_the_registry_said_before_the_line_was_cut_counts(
    stub: RegistryStub, engine: DockerEngine
) -> None:
    stub.answers |= {
        PUSHED: Answer(200, b'{"error": "denied: no"}\n{"aux": {"Dig'),
        "GET /v1.41/distribution/registry.test:5000/apps/shop:1/json": Answer(
            403, b'{"message": "denied"}'
        ),
    }

    with pytest.raises(Rejected, match="registry_denied"):
        engine.push(SHOP, None, ignore, never)


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (500, Unavailable, "base_image_unreachable"),
        (429, Unavailable, "base_image_unreachable"),
        (404, Rejected, "build_failed"),
    ],
)
def test_a_base_image_that_cannot_be_had_now_may_be_pulled_later(
    stub: RegistryStub,
    engine: DockerEngine,
    tmp_path: Path,
    status: int,
    kind: type[Exception],
    code: str,
) -> None:
    why = json.dumps({"message": "Get https://registry.test: connection refused"}).encode()
    stub.answers[PULLED] = Answer(status, why)
    build = Build(tmp_path / "context.tar", DOCKERFILE, {}, bases=(BaseImage("base.test/a:1"),))
    log: list[str] = []

    with pytest.raises(kind, match=code) as refused:
        engine.build(build, log.append, never)

    assert "connection refused" in str(refused.value)
    assert "connection refused" in log[-1]
