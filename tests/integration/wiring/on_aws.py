"""Stand-ins behind doors as on AWS: who uses one has signed in, and IAM was asked for what it did.

The logins are the real ones. A registry's own answers are HTTP: for each call of the port, `_ECR`
has the actions that ECR checks.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import boto3
from tests.codebuild_on_moto import CodeBuildInMemory, Names
from tests.integration.operating.desk import REGISTRY, Desk
from tests.integration.wiring.calls import Request
from tests.integration.wiring.deployed import PARAMETERS
from tests.integration.wiring.watching import Watch

from slipway import wiring
from slipway.adapters.aws_credentials import AwsCredentials, is_ecr
from slipway.adapters.codebuild import builds_of, engine_of
from slipway.adapters.eks_token import EksToken, from_eks
from slipway.adapters.memory.registry import MemoryRegistry
from slipway.containerize.ports import Credentials
from slipway.containerize.reference import host_of, repository_of
from slipway.settings import Settings
from slipway.wiring.installation import client
from slipway_local.template import arns

ECR = PARAMETERS["Registry"]
NAMES = Names("slipway-local-builder", "/slipway/local/builds")
_SECRET = {"username": "anna", "password": "assam"}
_READ = ("BatchGetImage", "GetDownloadUrlForLayer")
_ECR: Mapping[str, Sequence[str]] = {
    "digest": ("BatchGetImage",),
    "tags": ("ListImages",),
    "labels": _READ,
    "built_at": _READ,
    "set_tag": ("BatchGetImage", "PutImage"),
    "delete": ("BatchDeleteImage",),
    "push": (
        "BatchCheckLayerAvailability",
        "InitiateLayerUpload",
        "UploadLayerPart",
        "CompleteLayerUpload",
        "PutImage",
    ),
}


class Door:
    """To a port that is made on first use; `enter` is told of each call before it is made."""

    def __init__(
        self, make: Callable[[], Any], enter: Callable[..., None] = lambda *_: None
    ) -> None:
        self._make, self._enter = make, enter

    @cached_property
    def _port(self) -> Any:
        return self._make()

    def __getattr__(self, name: str) -> Any:
        member = getattr(self._port, name)
        if not callable(member):
            return member

        def call(*args: Any, **given: Any) -> Any:
            self._enter(name, *args)
            return member(*args, **given)

        return call


class Doors:
    """What functions of a system are given instead of its ports."""

    def __init__(self, desk: Desk, watch: Watch) -> None:
        self._desk, self._watch = desk, watch
        self._with_a_cluster: set[str | None] = set()

    @contextmanager
    def opened(self) -> Iterator[None]:
        name = PARAMETERS["RegistrySecretArn"].rpartition(":")[2]
        boto3.client("secretsmanager").create_secret(Name=name, SecretString=json.dumps(_SECRET))
        boto3.client("eks").create_cluster(
            name=PARAMETERS["EksCluster"],
            roleArn=f"arn:aws:iam::{arns.ACCOUNT}:role/cluster",
            resourcesVpcConfig={"subnetIds": []},
        )
        credentials = Door(self._credentials)
        self._desk.world.accounts[host_of(REGISTRY)] = Credentials(**_SECRET)
        self._desk.world.accounts[ECR] = credentials.for_repository(f"{ECR}/shop")
        engine = wiring.engine()
        with wiring.use(
            credentials=credentials,
            registry=Door(lambda: MemoryRegistry(self._desk.world, credentials), self._ask_ecr),
            cluster=Door(lambda: self._desk.cluster, self._find_the_cluster),
            engine=Door(lambda: engine, self._ask_ecr),
        ):
            yield

    @contextmanager
    def building_outside(self) -> Iterator[CodeBuildInMemory]:
        """Instead of the engine."""
        codebuild = CodeBuildInMemory(self._desk.world, arns.REGION, NAMES)
        told = {"codebuild_project": NAMES.project, "builder": "codebuild"}
        given = wiring.settings().model_copy(update=told)
        engine = Door(lambda: self._outside(given))
        builds = builds_of(client, given, wiring.pause())
        with codebuild.serving(), wiring.use(engine=engine, outside_builds=builds):
            yield codebuild

    def _credentials(self) -> AwsCredentials:
        clients = (boto3.client("secretsmanager"), boto3.client("ecr"))
        return AwsCredentials(*clients, PARAMETERS["RegistrySecretArn"], REGISTRY)

    def _outside(self, given: Settings) -> Any:
        ports = (wiring.registry(), wiring.workspace(), wiring.credentials())
        return engine_of(client, given, wiring.pause(), ports)

    def _ask_ecr(self, operation: str, name: str = "", *_: object) -> None:
        if operation not in _ECR or not is_ecr(name):
            return
        repository = repository_of(name).partition("/")[2]
        arn = f"arn:aws:ecr:{arns.REGION}:{arns.ACCOUNT}:repository/{repository}"
        for action in _ECR[operation]:
            self._watch.ask(Request(f"ecr:{action}", arn))

    def _find_the_cluster(self, *_: object) -> None:
        """A function does so once: it keeps what it found, and its token for some minutes."""
        if self._watch.function not in self._with_a_cluster:
            self._with_a_cluster.add(self._watch.function)
            from_eks(PARAMETERS["EksCluster"])
            EksToken(boto3.client("sts"), PARAMETERS["EksCluster"])()
