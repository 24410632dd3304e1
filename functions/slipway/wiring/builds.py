"""Image builds and scans: engine, build context and scanner."""

import os
from typing import TYPE_CHECKING

from slipway.scopes import provider
from slipway.wiring.installation import client, pause, settings
from slipway.wiring.places import credentials, registry
from slipway.wiring.sources import workspace

if TYPE_CHECKING:
    from slipway.containerize.build_settings import BuildSettings
    from slipway.containerize.outside_builds import OutsideBuilds
    from slipway.containerize.ports import BuildContext, Engine
    from slipway.containerize.scanning import Scanner


@provider
def engine() -> "Engine":
    given = settings()
    if given.builder == "codebuild":
        from slipway.adapters.codebuild import engine_of

        return engine_of(client, given, pause(), (registry(), workspace(), credentials()))
    from slipway.adapters.docker_engine import DockerEngine

    return DockerEngine(given.docker_host, given.docker_cert_path)


@provider
def outside_builds() -> "OutsideBuilds":
    from slipway.adapters.codebuild import builds_of

    return builds_of(client, settings(), pause())


@provider
def build_context() -> "BuildContext":
    from slipway.adapters.docker_context import build_context as pack

    return pack


@provider
def build_settings() -> "BuildSettings":
    from slipway.adapters.mirrors import build_arguments
    from slipway.containerize.build_settings import BuildSettings

    given = settings()
    return BuildSettings(
        given.base_images, build_arguments(given.mirrors, os.environ), given.build_network
    )


@provider
def scanner() -> "Scanner":
    from slipway.adapters.trivy import scanner_for

    return scanner_for(settings().scanner, settings().docker_host)
