"""Instructions that start and end the stages of every generated Dockerfile."""

from slipway.containerize.dockerfile.lines import arg, label
from slipway.containerize.dockerfile.options import USER, DockerfileOptions

BASE_NAME = "org.opencontainers.image.base.name"


def build_stage(reference: str, options: DockerfileOptions) -> list[str]:
    return [
        f"FROM {options.base_image(reference)} AS build",
        *label(options.labels),
        *arg(options.build_args),
    ]


def final_stage(reference: str, options: DockerfileOptions) -> list[str]:
    """No build arguments: nothing is downloaded in this stage."""
    labels = {BASE_NAME: reference, **options.labels}
    return [f"FROM {options.base_image(reference)}", *label(labels)]


def served(port: int) -> list[str]:
    return [f"USER {USER}", f"EXPOSE {port}"]


def joined(*groups: list[str]) -> str:
    """Join groups with an empty line between them; the file ends with a newline."""
    return "\n\n".join("\n".join(group) for group in groups if group) + "\n"
