"""A Dockerfile that takes from the registry what its author may not read."""

from pathlib import Path

import pytest
from tests.faults.rig import REGISTRY, a_request
from tests.unit.steps.bench import ME, Bench

from slipway.containerize.build_settings import BuildSettings
from slipway.containerize.dockerfile.bases import external_images
from slipway.containerize.labels import labels_of
from slipway.containerize.planning import plan
from slipway.containerize.target import Target
from slipway.saga import Rejected

HOST = REGISTRY.partition("/")[0]
KETTLE = f"{REGISTRY}/kettle:1"
COMPANY = f"{HOST}/base/python:3.13"
TAIL = 'USER 10001\nEXPOSE 8080\nCMD ["python", "app.py"]\n'
FROM_IT = "FROM {image}\n" + TAIL
COPY_FROM_IT = "FROM python:3.13-slim\nCOPY --from={image} /secrets /secrets\n" + TAIL
BY_AN_ARGUMENT = "ARG BASE={image}\nFROM $BASE\n" + TAIL
TAKING = [FROM_IT, COPY_FROM_IT, BY_AN_ARGUMENT]


def a_bench(dockerfile: str) -> Bench:
    """The registry holds a kettle's image, one of the shop, and the company's base image."""
    bench = Bench()
    bench.source.files = {"Dockerfile": dockerfile}
    for number, (image, labels) in enumerate(
        {
            KETTLE: labels_of("wf_kettle", "kettle"),
            f"{REGISTRY}/shop:1": labels_of("wf_shop", "shop"),
            COMPANY: {"maintainer": "platform"},
        }.items()
    ):
        repository, _, tag = image.rpartition(":")
        digest = f"sha256:{number:064}"
        bench.images.manifests[repository, digest] = labels
        bench.images.tags[repository, tag] = digest
    bench.begin("generate_dockerfile")
    return bench


@pytest.mark.parametrize("dockerfile", TAKING)
@pytest.mark.parametrize("image", [KETTLE, f"{REGISTRY}/kettle@sha256:{0:064}"])
def test_the_image_of_another_app_is_not_given_away(dockerfile: str, image: str) -> None:
    bench = a_bench(dockerfile.format(image=image))

    with pytest.raises(Rejected, match="not_ours") as refused:
        bench.do("generate_dockerfile")

    assert image in refused.value.message
    assert refused.value.fix
    assert bench.keys("generate_dockerfile") == set()


@pytest.mark.parametrize("dockerfile", TAKING)
@pytest.mark.parametrize("image", [f"{REGISTRY}/shop:1", COMPANY, f"{HOST}/nobodys:1"])
def test_the_apps_own_images_and_those_of_no_app_may_be_built_upon(
    dockerfile: str, image: str
) -> None:
    bench = a_bench(dockerfile.format(image=image))

    bench.do("generate_dockerfile")

    assert bench.keys("generate_dockerfile") == {"Dockerfile", "dockerignore"}
    assert bench.store.load(ME).workflow.error is None


def test_what_a_dockerfile_takes_from_elsewhere_is_no_stage_of_its_own() -> None:
    text = (
        "FROM golang:1.25 AS build\nFROM build AS test\nFROM alpine:3.22\n"
        "COPY --from=build /a /a\nCOPY --from=0 /b /b\nCOPY --chown=1:1 --from=busybox:1.37 /c /c\n"
    )

    assert external_images(text) == ["golang:1.25", "alpine:3.22", "busybox:1.37"]


@pytest.mark.parametrize(
    ("image", "base_images", "told"),
    [
        (KETTLE, None, True),
        (f"{REGISTRY}/shop:1", None, False),
        (COMPANY, None, False),
        ("python:3.13-slim", f"{REGISTRY}/hub", False),
        ("python:3.13-slim", HOST, False),
        (KETTLE, HOST, True),
    ],
)
def test_a_plan_names_what_lies_among_the_apps_unless_base_images_do(
    tmp_path: Path, image: str, base_images: str | None, told: bool
) -> None:
    (tmp_path / "Dockerfile").write_text(FROM_IT.format(image=image))

    planned = plan(tmp_path, a_request(), Target(REGISTRY), BuildSettings(base_images))

    codes = {finding["code"] for finding in planned["findings"]}
    assert ("neighbours_image" in codes) is told
