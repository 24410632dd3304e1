"""Take away what the workflows of a test have made, also those that succeeded."""

from collections.abc import Mapping

from tests.engine.story import ENDS_WITHIN_S, Story
from tests.engines.cluster_api import ClusterApi

from slipway.adapters.docker_engine import DockerEngine
from slipway.adapters.registry_http import HttpRegistry
from slipway_local.cli.exits import CliError


def clear(story: Story, environment: Mapping[str, str], cluster: ClusterApi) -> None:
    _end(story)
    _dismiss_namespace(cluster, story.name)
    engine, registry = DockerEngine(environment["DOCKER_HOST"]), HttpRegistry()
    repository = f"{environment['SLIPWAY_REGISTRY']}/{story.name}"
    for digest in {registry.digest(f"{repository}:{tag}") for tag in registry.tags(repository)}:
        if digest:
            registry.delete(repository, digest)
    for workflow in story.workflows:
        _untag(engine, repository, workflow)
        engine.remove_made_by(workflow)
    registry.close()
    engine.close()


def _untag(engine: DockerEngine, repository: str, workflow: str) -> None:
    """The engine is asked: the workflow may have been one of a system that has ended."""
    uses = [use for made in engine.made_by(workflow) for use in made.used_by]
    for use in uses:
        if use.kind == "tag" and use.name.startswith(f"{repository}:"):
            engine.untag(use.name)


def _dismiss_namespace(cluster: ClusterApi, name: str) -> None:
    """Without waiting until it is gone; a story that was undone has none."""
    if any(each["metadata"]["name"] == name for each in cluster.items("/api/v1/namespaces")):
        cluster.call("DELETE", f"/api/v1/namespaces/{name}")


def _end(story: Story) -> None:
    """A test that failed half-way may have left one running."""
    if story.system.wait_idle(0):
        return
    for workflow in story.workflows:
        try:
            story.client.post(f"/workflows/{workflow}/cancel", {"reason": "the test is over"})
        except CliError:
            continue  # it has ended
    story.system.wait_idle(ENDS_WITHIN_S)
