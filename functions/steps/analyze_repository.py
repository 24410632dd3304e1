"""Fetch the source, unpack it safely, analyze it, and keep a clean copy."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from slipway.containerize.analysis import analyze
from slipway.containerize.archive import pack_copy
from slipway.containerize.ports import SourceFetcher, Workspace
from slipway.containerize.source_copy import COPY_LIMITS
from slipway.containerize.step_files import discarding
from slipway.containerize.workspace_keys import object_key
from slipway.messages.requests import ContainerizeRequest
from slipway.saga import Outcome, Workflow, step
from slipway.wiring import source, workspace
from steps import runner

ME = "analyze_repository"


def analyze_repository(
    workflow: Workflow[ContainerizeRequest], source: SourceFetcher, workspace: Workspace
) -> Outcome:
    app = workflow.request.app
    archive_key = object_key(workflow.id, ME, "source.tar.gz")
    analysis_key = object_key(workflow.id, ME, "analysis.json")
    with TemporaryDirectory() as folder:
        tree, archive = Path(folder, "source"), Path(folder, "source.tar.gz")
        tree.mkdir()
        fetched = source.fetch(workflow.request.source.model_dump(exclude_none=True), tree)
        analysis = analyze(tree, component=app.component, port=app.port)
        pack_copy(tree, archive, COPY_LIMITS)
        workspace.put(archive_key, archive, "application/gzip")
    document = analysis.model_dump(mode="json")
    workspace.put(analysis_key, json.dumps(document).encode(), "application/json")
    chosen = next(c for c in document["components"] if c["path"] == analysis.chosen)
    return Outcome.of(
        created=(f"object:{archive_key}", f"object:{analysis_key}"),
        fetched=fetched,
        component=chosen,
    )


execute, compensate = step(
    analyze_repository, discarding(ME), runner=runner, source=source, workspace=workspace
)
