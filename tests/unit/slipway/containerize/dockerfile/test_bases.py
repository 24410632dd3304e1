"""What the stages of a Dockerfile begin with, as the engine will read it."""

import pytest

from slipway.containerize.dockerfile.bases import external_bases
from slipway.containerize.engine_images import BaseImage

DIGEST = "sha256:" + "a" * 64


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("FROM python:3.13\nRUN true", [BaseImage("python:3.13")]),
        ("FROM scratch\nCOPY . .", []),
        ("FROM go AS Build\nFROM build\nCOPY --from=other /a /b", [BaseImage("go")]),
        ("FROM later\nFROM go AS later", [BaseImage("later"), BaseImage("go")]),
        ("FROM go AS a\nFROM go AS b", [BaseImage("go")]),
        ("ARG V=3.13\nFROM python:${V}-slim", [BaseImage("python:3.13-slim")]),
        ("ARG V\nFROM python:${V:-3}", [BaseImage("python:3")]),
        ("ARG V\nFROM $V", []),
        (
            "from --platform=linux/arm64 \\\n  go AS x",
            [BaseImage("go", "linux/arm64")],
        ),
        (f"FROM h:5000/go:1@{DIGEST}", [BaseImage(f"h:5000/go:1@{DIGEST}")]),
        ("# FROM go\nRUN echo FROM go", []),
    ],
)
def test_every_image_from_elsewhere_is_found_once(text: str, found: list[BaseImage]) -> None:
    assert external_bases(text) == found
