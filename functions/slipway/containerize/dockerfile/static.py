"""Dockerfile for a static site: its files on nginx."""

from slipway.containerize.analysis.model import Component
from slipway.containerize.dockerfile import lines, nginx
from slipway.containerize.dockerfile.options import USER, DockerfileOptions
from slipway.containerize.dockerfile.stage import final_stage, joined, served

IGNORED = ("**/node_modules",)


def write(component: Component, options: DockerfileOptions) -> str:
    port = component.port or nginx.PORT
    index = component.local(component.evidence[0].file) if component.evidence else "index.html"
    folder = f"{index.rpartition('/')[0] or '.'}/"
    return joined(
        [
            *final_stage(nginx.IMAGE, options),
            f"ENV PORT={port}",
            *nginx.listen(port),
            f"COPY --chown={USER} {lines.array([folder, f'{nginx.ROOT}/'])}",
            *served(port),
            nginx.healthcheck(port, component.health_path),
            nginx.command(),
        ]
    )
