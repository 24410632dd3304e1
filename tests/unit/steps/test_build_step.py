"""What a build begins with, and what it leaves beside its image."""

import pytest
from tests.unit.steps.bench import ME, Bench

from slipway.adapters.memory.images import Image
from slipway.saga import Rejected

APP = 'FROM python:3.13-slim\nRUN {run}\nUSER 10001\nEXPOSE 8080\nCMD ["python", "app.py"]\n'


def test_a_build_leaves_no_layer_of_its_stages() -> None:
    bench = Bench()
    bench.source.files = {
        "Dockerfile": "FROM go AS build\nRUN make\n" + APP.replace("{run}", "true")
    }
    bench.begin("build_image")

    image = bench.do("build_image").outputs["image_id"]

    below = [made.name for made in bench.engine.made_by(ME)]
    assert below[0] == image
    assert len(below) == len(APP.splitlines()) + 1, "its lines, less FROM, and labels twice"


def test_a_base_that_triggers_instructions_is_refused_and_nothing_is_built() -> None:
    bench = Bench()
    bench.source.files = {"Dockerfile": APP.replace("{run}", "true")}
    bench.images.images.put(Image("sha256:1", None, {}, ("RUN make",)))
    bench.images.images.tag("sha256:1", "python:3.13-slim")
    bench.begin("build_image")

    with pytest.raises(Rejected, match="onbuild_base"):
        bench.do("build_image")

    assert bench.engine.made_by(ME) == []
