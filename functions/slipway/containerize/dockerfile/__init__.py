"""Write a Dockerfile and a .dockerignore for a component, or prepare the repository's own."""

from slipway.containerize.base_images import rewrite_base_image
from slipway.containerize.dockerfile.options import DockerfileOptions
from slipway.containerize.dockerfile.own import prepare_own_dockerfile
from slipway.containerize.dockerfile.writers import write_dockerfile, write_dockerignore
from slipway.containerize.dockerfile.written import Written, dockerfile_for

__all__ = [
    "DockerfileOptions",
    "Written",
    "dockerfile_for",
    "prepare_own_dockerfile",
    "rewrite_base_image",
    "write_dockerfile",
    "write_dockerignore",
]
