"""A password among the settings: the application has it, and nobody else but its Secret."""

import base64
import json
import time
from pathlib import Path
from typing import Any

import boto3
import pytest
from tests.engine.story import Story, View, assert_undone
from tests.engines.cluster_api import ClusterApi

from slipway.adapters.kubernetes_cluster import KubernetesCluster
from slipway.containerize.ports import ObjectRef
from slipway.containerize.rollout import await_rollout, last_progress

pytestmark = pytest.mark.engine

PASSWORD = "m4rk-0f-anna's $(PORT) $$"
ENV = {"DB_PASSWORD": PASSWORD, "TEA": "assam"}
MARKER = ("m4rk-0f-anna", base64.b64encode(b"m4rk-0f-anna").decode())
TELLS_ITS_LENGTH = """
const said = process.env.TEA + " " + process.env.DB_PASSWORD.length;
require("http").createServer((_, response) => response.end(said)).listen(process.env.PORT);
"""
FALLS_OVER = """
console.log("I got " + process.env.DB_PASSWORD.length + ": " + process.env.DB_PASSWORD);
process.exit(3);
"""


def shop(folder: Path, code: str) -> Path:
    folder.joinpath("package.json").write_text('{"scripts": {"start": "node server.js"}}')
    folder.joinpath("server.js").write_text(code)
    return folder


def test_a_password_reaches_the_application_and_stands_in_its_secret_alone(
    story: Story, cluster: ClusterApi, tmp_path: Path
) -> None:
    first = story.run(shop(tmp_path, TELLS_ITS_LENGTH), app={"env": ENV})
    assert first["status"] == "COMPLETED", first
    (secret,) = settings_secrets(cluster, story.name)
    deployed = deployment(cluster, story.name)

    said = cluster.ask_service(story.name, story.name, first["service"]["port"], "/")
    assert said == f"assam {len(PASSWORD)}"
    assert base64.b64decode(secret["data"]["DB_PASSWORD"]).decode() == PASSWORD
    assert (secret["type"], secret["immutable"]) == ("Opaque", True)
    assert tellers(story, first, deployed) == []

    other = {**ENV, "DB_PASSWORD": f"{PASSWORD}2"}
    before = story.look()
    second = story.run(shop(tmp_path, FALLS_OVER), app={"env": other})

    assert_undone(second, "deploy_application", {"crash_loop"})
    assert story.changes(before) == []
    assert deployment(cluster, story.name)["spec"] == deployed["spec"]
    assert settings_secrets(cluster, story.name) == [secret]
    address = f"/workflows/{second['workflow_id']}/artifacts/deploy_application/pods.log"
    log = story.client.text(address)
    assert f"I got {len(PASSWORD) + 1}: ***" in log
    assert tellers(story, second, log) == []


def test_a_password_of_an_older_deployment_in_plain_is_put_back_and_noted_nowhere(
    story: Story, cluster: ClusterApi, kubeconfig: Path, tmp_path: Path
) -> None:
    first = story.run(shop(tmp_path, TELLS_ITS_LENGTH), app={"env": ENV})
    assert first["status"] == "COMPLETED", first
    deploy_in_plain(KubernetesCluster.at(str(kubeconfig)), story.name)
    plain = deployment(cluster, story.name)
    before = story.look()

    second = story.run(shop(tmp_path, FALLS_OVER), app={"env": ENV})

    assert_undone(second, "deploy_application", {"crash_loop"})
    assert deployment(cluster, story.name)["spec"] == plain["spec"]
    assert story.changes(before) == []
    assert tellers(story, second, "") == []


def deploy_in_plain(cluster: KubernetesCluster, name: str) -> None:
    """As versions did that knew no Secret."""
    ref = ObjectRef("apps/v1", "Deployment", name, name)
    found = cluster.read(ref)
    assert found is not None
    (container,) = found["spec"]["template"]["spec"]["containers"]
    value = PASSWORD.replace("$", "$$")
    kept = [each for each in container["env"] if each["name"] != "DB_PASSWORD"]
    container["env"] = [{"name": "DB_PASSWORD", "value": value}, *kept]
    since = last_progress(found)
    cluster.replace(found)
    await_rollout(cluster, ref, within_s=90, pause=time.sleep, since=since)


def deployment(cluster: ClusterApi, name: str) -> dict[str, Any]:
    return cluster.call("GET", f"/apis/apps/v1/namespaces/{name}/deployments/{name}")


def settings_secrets(cluster: ClusterApi, name: str) -> list[dict[str, Any]]:
    found = cluster.items(f"/api/v1/namespaces/{name}/secrets")
    return [each for each in found if each["metadata"]["name"].startswith(f"{name}-env-")]


def tellers(story: Story, view: View, more: object) -> list[str]:
    """Who has the marker: the tables, the bucket with all its versions, or what clients read."""
    workflow = view["workflow_id"]
    told: dict[str, str] = {"more": json.dumps(more), "view": json.dumps(view)}
    told["timeline"] = json.dumps(story.client.get(f"/workflows/{workflow}/timeline"))
    tables, objects = boto3.client("dynamodb"), boto3.client("s3")
    for table in tables.list_tables()["TableNames"]:
        told[table] = repr(tables.scan(TableName=table)["Items"])
    for bucket in objects.list_buckets()["Buckets"]:
        found = objects.list_object_versions(Bucket=bucket["Name"], Prefix="workflows/")
        for each in found.get("Versions", []):
            body = objects.get_object(
                Bucket=bucket["Name"], Key=each["Key"], VersionId=each["VersionId"]
            )["Body"]
            told[each["Key"]] = repr(body.read())
    return [place for place, text in told.items() if any(mark in text for mark in MARKER)]
