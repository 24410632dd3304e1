"""Build the CodeBuild adapters from the settings."""

from collections.abc import Callable
from functools import partial
from typing import Any

from slipway.adapters.aws_credentials import is_ecr
from slipway.adapters.codebuild_builds import Builds
from slipway.adapters.codebuild_buildspec import Login, Place
from slipway.adapters.codebuild_engine import CodeBuildEngine
from slipway.adapters.codebuild_log import lines_of
from slipway.containerize.ports import CredentialStore, Registry, Workspace
from slipway.settings import InvalidSettings, Settings

Client = Callable[[str], Any]
"""Takes a service name and returns its low-level boto3 client."""


def builds_of(client: Client, given: Settings, pause: Callable[[float], None]) -> Builds:
    """Raises InvalidSettings."""
    if given.codebuild_project is None:
        raise InvalidSettings("SLIPWAY_CODEBUILD_PROJECT is not set; the stack sets it")
    return Builds(client("codebuild"), given.codebuild_project, pause)


def engine_of(
    client: Client,
    given: Settings,
    pause: Callable[[float], None],
    ports: tuple[Registry, Workspace, CredentialStore],
) -> CodeBuildEngine:
    """Raises InvalidSettings."""
    registry, workspace, credentials = ports

    def login(repository: str) -> Login:
        if is_ecr(repository):
            return "ecr"
        return "secret" if credentials.for_repository(repository) else "none"

    place = Place(given.bucket, given.build_limit_min, given.registry_secret_arn, login)
    lines = partial(lines_of, client("logs"))
    return CodeBuildEngine(builds_of(client, given, pause), lines, registry, workspace, place)
