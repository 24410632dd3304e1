"""What the pipeline made of a source, prepared to be made once more by hand under another name."""

import json
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.by_hand import Recipe
from tests.bench.pipeline import Pipelined

from slipway.containerize.labels import labels_of
from slipway.containerize.manifest_files import manifests_key
from slipway.containerize.ports import Workspace
from slipway.containerize.workspace_keys import object_key


@contextmanager
def recipe_of(
    run: Pipelined, source: Path, workspace: Workspace, name: str
) -> Iterator[tuple[Recipe, str]]:
    """Also give the id in its labels: a new one, so that the engine's cache is as useful as ever.

    The Dockerfile labels each stage with the id at its top. A second build under the same one
    would find everything in the cache, which no workflow does.
    """
    workflow = f"wf_{secrets.token_hex(12)}"

    def renamed(text: bytes) -> str:
        return text.decode().replace(run.workflow, workflow).replace(run.name, name)

    image = run.view["image"]
    manifests = renamed(workspace.get(manifests_key(run.workflow)))
    with TemporaryDirectory() as place:
        folder = Path(place, "source")
        shutil.copytree(source, folder)
        for kept, file in (("Dockerfile", "Dockerfile"), ("dockerignore", ".dockerignore")):
            key = object_key(run.workflow, "generate_dockerfile", kept)
            (folder / file).write_text(renamed(workspace.get(key)))
        recipe = Recipe(
            folder,
            renamed(image["reference"].encode()),
            labels_of(workflow, name),
            manifests.replace(f"@{image['digest']}", "@DIGEST"),
            _health_path(manifests),
        )
        yield recipe, workflow


def _health_path(manifests: str) -> str:
    deployment = next(m for m in json.loads(manifests) if m["kind"] == "Deployment")
    container = deployment["spec"]["template"]["spec"]["containers"][0]
    return str(container["readinessProbe"]["httpGet"]["path"])
