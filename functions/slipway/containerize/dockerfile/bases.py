"""The images from elsewhere that the stages of a Dockerfile begin with."""

from collections.abc import Sequence

from slipway.containerize.analysis.instructions import instructions
from slipway.containerize.dockerfile.references import Stages, expanded
from slipway.containerize.engine_images import BaseImage

_PLATFORM = "--platform="


def external_bases(text: str) -> Sequence[BaseImage]:
    """Each once, in order, without `scratch`, and without a name that the engine will refuse."""
    stages, found = Stages(), dict[BaseImage, None]()
    for each in instructions(text):
        stages.pass_by(each)
        if each.word != "FROM":
            continue
        words = each.rest.split()
        name = next((word for word in words if not word.startswith("--")), "")
        image = expanded(name, stages.arguments)
        if image and not stages.is_base(image):
            flags = (word for word in words if word.startswith(_PLATFORM))
            platform = next(flags, "").removeprefix(_PLATFORM)
            found[BaseImage(image, platform or None)] = None
    return list(found)
