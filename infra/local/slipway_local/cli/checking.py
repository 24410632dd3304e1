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
from slipway_local.cli.deploying import DeployRequest
from slipway_local.cli.exits import CliError, Exit

if TYPE_CHECKING:
    from slipway.cqrs.problem import Refused


def checked(deploy_request: DeployRequest) -> Analysis:
    """Validate the path and the request, and analyze the source. Raises CliError."""
    if not deploy_request.path.exists():
        raise CliError(
            Exit.BAD_INPUT,
            f"PATH: {deploy_request.path} does not exist",
            fix="give the source folder",
            code="no_such_path",
        )
    if not deploy_request.path.is_dir():
        raise CliError(
            Exit.BAD_INPUT,
            f"PATH: {deploy_request.path} is a file",
            fix="give the folder that contains the source",
            code="not_a_folder",
        )
    _check_request(deploy_request)
    try:
        return analyze(
            deploy_request.path, component=deploy_request.component, port=deploy_request.port
        )
    except StepError as error:
        raise stop_for(error) from error


def _check_request(deploy_request: DeployRequest) -> None:
    from pydantic import ValidationError

    from slipway.cqrs.availability import check_port
    from slipway.cqrs.invalid import invalid
    from slipway.cqrs.problem import Refused
    from slipway.messages.requests import ContainerizeRequest

    try:
        request = ContainerizeRequest.model_validate(
            deploy_request.request({"upload_id": "up_00000000"})
        )
        check_port(request.app)
    except ValidationError as error:
        raise _stop_of(invalid(error)) from None
    except Refused as refused:
        raise _stop_of(refused) from None


def _stop_of(refused: "Refused") -> CliError:
    return CliError(Exit.BAD_INPUT, refused.detail, fix=refused.fix, code=refused.code)


@contextmanager
def packed(deploy_request: DeployRequest) -> Iterator[tuple[PackReport, Path]]:
    """Yield the source's archive, which is deleted when the block ends. Raises CliError."""
    limits = ArchiveLimits.of_megabytes(read_settings().source_max_mb)
    with TemporaryDirectory() as folder:
        archive = Path(folder, "source.tar.gz")
        try:
            report = pack(deploy_request.path, archive, limits)
        except StepError as error:
            raise stop_for(error) from error
        yield report, archive


def check_login(settings: Settings) -> None:
    """Raises CliError if the registry's credentials cannot be read, before anything is built."""
    if not settings.registry:
        return
    try:
        credentials().for_repository(f"{settings.registry}/any")
    except StepError as error:
        raise stop_for(error) from error


def stop_for(error: StepError) -> CliError:
    kind = Exit.UNREACHABLE if isinstance(error, Unavailable) else Exit.BAD_INPUT
    return CliError(kind, error.message, fix=error.fix, code=error.code)
