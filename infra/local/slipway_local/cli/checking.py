"""Checks of `deploy` and `plan` that run before any side effect."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from slipway.containerize.analysis import Analysis, analyze
from slipway.containerize.archive import ArchiveLimits, pack
from slipway.containerize.archive.pack import PackReport
from slipway.saga.errors import StepError, Unavailable
from slipway.settings import Settings
from slipway.wiring import credentials
from slipway_local.cli.connection import read_settings
from slipway_local.cli.deploying import Wish
from slipway_local.cli.exits import Exit, Stop

if TYPE_CHECKING:
    from slipway.cqrs.problem import Refused


def checked(wish: Wish) -> Analysis:
    """Validate the path and the request, and analyze the source. Raises Stop."""
    if not wish.path.exists():
        raise Stop(
            Exit.BAD_INPUT,
            f"PATH: {wish.path} does not exist",
            fix="give the source folder",
            code="no_such_path",
        )
    if not wish.path.is_dir():
        raise Stop(
            Exit.BAD_INPUT,
            f"PATH: {wish.path} is a file",
            fix="give the folder that contains the source",
            code="not_a_folder",
        )
    _check_request(wish)
    try:
        return analyze(wish.path, component=wish.component, port=wish.port)
    except StepError as error:
        raise stop_for(error) from error


def _check_request(wish: Wish) -> None:
    from pydantic import ValidationError

    from slipway.cqrs.availability import check_port
    from slipway.cqrs.invalid import invalid
    from slipway.cqrs.problem import Refused
    from slipway.messages.requests import ContainerizeRequest

    try:
        request = ContainerizeRequest.model_validate(wish.request({"upload_id": "up_00000000"}))
        check_port(request.app)
    except ValidationError as error:
        raise _stop_of(invalid(error)) from None
    except Refused as refused:
        raise _stop_of(refused) from None


def _stop_of(refused: "Refused") -> Stop:
    return Stop(Exit.BAD_INPUT, refused.detail, fix=refused.fix, code=refused.code)


@contextmanager
def packed(wish: Wish) -> Iterator[tuple[PackReport, Path]]:
    """Yield the source's archive, which is deleted when the block ends. Raises Stop."""
    limits = ArchiveLimits.of_megabytes(read_settings().source_max_mb)
    with TemporaryDirectory() as folder:
        archive = Path(folder, "source.tar.gz")
        try:
            report = pack(wish.path, archive, limits)
        except StepError as error:
            raise stop_for(error) from error
        yield report, archive


def check_login(settings: Settings) -> None:
    """Raises Stop if the registry's credentials cannot be read, before a build is spent on it."""
    if not settings.registry:
        return
    try:
        credentials().for_repository(f"{settings.registry}/any")
    except StepError as error:
        raise stop_for(error) from error


def stop_for(error: StepError) -> Stop:
    kind = Exit.UNREACHABLE if isinstance(error, Unavailable) else Exit.BAD_INPUT
    return Stop(kind, error.message, fix=error.fix, code=error.code)
