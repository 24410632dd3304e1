"""The composition root: which adapter serves which port, built on first use.

Nothing is built at import. Adapters are imported where they are built, because docker and
kubernetes cost a cold start that most functions never need.
"""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from slipway import scopes
from slipway.settings import InvalidSettings, Settings

if TYPE_CHECKING:
    from datetime import datetime

    from slipway.accounts.store import Accounts
    from slipway.containerize.build_settings import BuildSettings
    from slipway.containerize.keepsakes import Keepsakes
    from slipway.containerize.outside_builds import OutsideBuilds
    from slipway.containerize.ports import (
        BuildContext,
        Cluster,
        CredentialStore,
        Engine,
        Registry,
        SourceFetcher,
        Workspace,
    )
    from slipway.containerize.scanning import Scanner
    from slipway.containerize.target import Target
    from slipway.containerize.thing import Part
    from slipway.cqrs.account_views import AccountViews
    from slipway.cqrs.metrics import Meter
    from slipway.cqrs.outbox import EventBus, Executions
    from slipway.cqrs.read_tables import ReadTables
    from slipway.cqrs.rebuild import Everything
    from slipway.cqrs.transfers import Transfers
    from slipway.cqrs.trust import Trust
    from slipway.cqrs.undelivered import Aside, StreamPositions
    from slipway.cqrs.views import RebuildableViews, Views
    from slipway.saga.finish import Inspector
    from slipway.saga.lease import Holds
    from slipway.saga.store import Store
    from slipway.saga.tasks import Tasks

T = TypeVar("T")
use = scopes.use
_provider = scopes.provider


@_provider
def settings() -> Settings:
    return Settings.read(os.environ)


def _client(service: str) -> Any:
    import boto3

    return boto3.client(service)  # type: ignore[call-overload]


@_provider
def trust() -> "Trust":
    from slipway.cqrs.trust import Trust

    given = settings()
    operators = (given.operators or "").split(",")
    return Trust.of(filter(None, operators), given.scope_claim, given.scope_prefix or "")


@_provider
def pause() -> Callable[[float], None]:
    """Waits, in seconds."""
    return time.sleep


@_provider
def meter() -> "Meter":
    from slipway.adapters.metrics import EmbeddedMetrics
    from slipway.cqrs.metrics import unmeasured

    given = settings()
    if given.stage == "local" or given.metrics_namespace is None:
        return unmeasured
    return EmbeddedMetrics(given.metrics_namespace, given.stage)


@_provider
def message_meter() -> "Meter":
    """Of commands and queries, which are counted only where that was asked for."""
    from slipway.cqrs.metrics import unmeasured

    return meter() if settings().count_messages else unmeasured


@_provider
def clock() -> "Callable[[], datetime]":
    from slipway.saga.runner import utc_now

    return utc_now


@_provider
def store() -> "Store":
    from slipway.adapters.dynamodb_store import DynamoDbStore

    return DynamoDbStore(_client("dynamodb"), settings().write_table)


@_provider
def accounts() -> "Accounts":
    from slipway.adapters.dynamodb_accounts import DynamoDbAccounts

    return DynamoDbAccounts(_client("dynamodb"), settings().write_table)


@_provider
def holds() -> "Holds":
    """Whether the function that took a lease may still run."""
    from slipway.saga.lease import until_it_expires

    return until_it_expires


@_provider
def workspace() -> "Workspace":
    from slipway.adapters.s3_workspace import S3Workspace

    return S3Workspace(_client("s3"), settings().bucket)


@_provider
def keepsakes() -> "Keepsakes":
    from slipway.containerize.keepsakes import Keepsakes

    return Keepsakes(workspace())


@_provider
def source() -> "SourceFetcher":
    from slipway.adapters.git_addresses import Reach
    from slipway.adapters.git_source import GitSource
    from slipway.adapters.sources import Sources
    from slipway.containerize.archive.limits import ArchiveLimits

    given = settings()
    limits = ArchiveLimits.of_megabytes(given.source_max_mb)
    own_machine = given.stage == "local"
    git = GitSource(Reach(loopback=own_machine, private=own_machine), limits)
    return Sources(workspace(), _client("s3"), given.bucket, git, limits)


@_provider
def engine() -> "Engine":
    given = settings()
    if given.builder == "codebuild":
        from slipway.adapters.codebuild import engine_of

        return engine_of(_client, given, pause(), (registry(), workspace(), credentials()))
    from slipway.adapters.docker_engine import DockerEngine

    return DockerEngine(given.docker_host, given.docker_cert_path)


@_provider
def outside_builds() -> "OutsideBuilds":
    from slipway.adapters.codebuild import builds_of

    return builds_of(_client, settings(), pause())


@_provider
def build_context() -> "BuildContext":
    from slipway.adapters.docker_context import build_context as pack

    return pack


@_provider
def build_settings() -> "BuildSettings":
    from slipway.adapters.mirrors import build_arguments
    from slipway.containerize.build_settings import BuildSettings

    given = settings()
    return BuildSettings(
        given.base_images, build_arguments(given.mirrors, os.environ), given.build_network
    )


@_provider
def credentials() -> "CredentialStore":
    given = settings()
    if given.stage == "local":
        from slipway.adapters.docker_credentials import DockerCredentials

        return DockerCredentials(given.docker_config)
    from slipway.adapters.aws_credentials import AwsCredentials

    return AwsCredentials(
        _client("secretsmanager"), _client("ecr"), given.registry_secret_arn, given.registry
    )


@_provider
def registry() -> "Registry":
    from slipway.adapters.registry_http import HttpRegistry

    return HttpRegistry(credentials())


@_provider
def scanner() -> "Scanner":
    from slipway.adapters.trivy import scanner_for

    return scanner_for(settings().scanner, settings().docker_host)


@_provider
def cluster() -> "Cluster":
    from slipway.adapters.kubernetes_cluster import KubernetesCluster

    if name := settings().eks_cluster:
        from slipway.adapters.eks_token import from_eks

        return KubernetesCluster(from_eks(name))
    return KubernetesCluster.at(settings().kubeconfig)


@_provider
def instance() -> str | None:
    """The name of this installation, on the labels of all that it makes."""
    return settings().instance


@_provider
def target() -> "Target":
    from slipway.containerize.target import Target

    return Target(settings().registry, settings().further_registries)


@_provider
def inspectors() -> "Sequence[Inspector]":
    from slipway.containerize import inspection

    return (
        inspection.of_engine(engine),
        inspection.of_registry(registry),
        inspection.of_cluster(cluster),
        inspection.of_workspace(workspace),
    )


@_provider
def managed_parts() -> "Mapping[str, Part]":
    """The parts of the world that a sweep goes over, each connected to when it is asked."""
    from slipway.containerize.managed import InCluster, InRegistry, InWorkspace, OnEngine

    return {
        "engine": OnEngine(engine),
        "registry": InRegistry(registry, settings().registry),
        "cluster": InCluster(cluster),
        "workspace": InWorkspace(workspace),
    }


def _both_tables(seen_as: "Callable[[Any, str], T]") -> "ReadTables[T]":
    from slipway.adapters.dynamodb_rebuild import DynamoDbPointer
    from slipway.cqrs.generations import Colour
    from slipway.cqrs.read_tables import ReadTables

    client, given = _client("dynamodb"), settings()
    names = {Colour.BLUE: given.read_table, Colour.GREEN: given.read_table_green}
    tables = {colour: seen_as(client, name) for colour, name in names.items()}
    return ReadTables(DynamoDbPointer(client, given.read_table), tables)


@_provider
def read_tables() -> "ReadTables[RebuildableViews]":
    from slipway.adapters.dynamodb_rebuild import RebuildableDynamoDbViews

    return _both_tables(RebuildableDynamoDbViews)


@_provider
def views() -> "Views":
    from slipway.cqrs.read_tables import ActiveViews

    return ActiveViews(read_tables())


@_provider
def everything() -> "Everything":
    from slipway.adapters.dynamodb_rebuild import DynamoDbEverything

    return DynamoDbEverything(_client("dynamodb"), settings().write_table)


@_provider
def aside() -> "Aside | None":
    """None where no failure queue is set: what fails is then only sent again."""
    from slipway.adapters.failure_queue import aside_in

    url = settings().undelivered_url
    return aside_in(_client("sqs"), url) if url else None


@_provider
def stream_positions() -> "StreamPositions":
    from slipway.adapters.failure_queue import DynamoDbStreamPositions

    return DynamoDbStreamPositions(_client("dynamodbstreams"))


@_provider
def account_tables() -> "ReadTables[AccountViews]":
    from slipway.adapters.dynamodb_account_views import DynamoDbAccountViews

    return _both_tables(DynamoDbAccountViews)


@_provider
def account_views() -> "AccountViews":
    from slipway.cqrs.read_tables import ActiveAccountViews

    return ActiveAccountViews(account_tables())


@_provider
def uploads() -> "Transfers":
    from slipway.adapters.s3_transfers import S3Transfers, signing_client

    return S3Transfers(signing_client(), settings().bucket)


@_provider
def bus() -> "EventBus":
    from slipway.adapters.event_bus import EventBridgeBus

    return EventBridgeBus(_client("events"), settings().bus, settings().stage, pause())


@_provider
def _step_functions() -> Any:
    return _client("stepfunctions")


@_provider
def tasks() -> "Tasks":
    from slipway.adapters.step_functions import StepFunctionsTasks

    return StepFunctionsTasks(_step_functions())


@_provider
def executions() -> "Executions":
    from slipway.adapters.step_functions import StepFunctionsExecutions

    arn = settings().state_machine_arn
    if arn is None:
        raise InvalidSettings("SLIPWAY_STATE_MACHINE_ARN is not set; the stack gives it")
    return StepFunctionsExecutions(_step_functions(), arn)
