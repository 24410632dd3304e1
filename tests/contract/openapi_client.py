"""A client that knows the OpenAPI document and nothing else: no name of Slipway's code is here."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any
from urllib.parse import quote

import requests

_TIMEOUT_S = 30
_ENDS_WITHIN_S = 60
_SEEN = 200


@dataclass(frozen=True)
class Told:
    """`headers` by their names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: Any


class UndocumentedError(AssertionError):
    """The system answered what its document does not announce."""


class DocumentClient:
    """`used` are the operations that were called."""

    def __init__(self, document: Mapping[str, Any], url: str, token: str) -> None:
        self._operations = {each["operationId"]: each for each in _operations(document)}
        self.used: set[str] = set()
        self._url, self._headers = url.rstrip("/"), {"Authorization": f"Bearer {token}"}

    def call(self, operation_id: str, **fields: Any) -> Told:
        """Each field goes where the document says that it belongs; what is left is the body."""
        operation = self._operations[operation_id]
        self.used.add(operation_id)
        path: str = operation["path"]
        query: dict[str, str] = {}
        headers = dict(self._headers)
        for parameter in operation["parameters"]:
            name, where = parameter["name"], parameter["in"]
            value = fields.pop(name.replace("-", "_").lower(), None)
            if value is None:
                if parameter["required"]:
                    raise KeyError(f"{operation_id} needs {name}")
            elif where == "path":
                path = path.replace("{" + name + "}", quote(str(value), safe=""))
            else:
                (query if where == "query" else headers)[name] = str(value)
        answer = requests.request(
            operation["method"],
            self._url + path,
            params=query,
            headers=headers,
            json=fields if "requestBody" in operation else None,
            timeout=_TIMEOUT_S,
        )
        return _documented(operation, answer)

    def upload(self, archive: bytes) -> str:
        """Puts it where the offer says, and answers the id to name it by."""
        offer = self.call("upload", size_bytes=len(archive)).body
        sent = requests.request(
            offer["method"],
            offer["url"],
            data=archive,
            headers=offer["headers"],
            timeout=_TIMEOUT_S,
        )
        sent.raise_for_status()
        return str(offer["upload_id"])

    def follow(self, workflow_id: str, version: int, until: Collection[str]) -> Mapping[str, Any]:
        """Asks for what is newer than what was seen: the answer comes when it is there, or 409."""
        deadline = monotonic() + _ENDS_WITHIN_S
        while monotonic() < deadline:
            told = self.call("get_workflow", id=workflow_id, min_version=version)
            if told.status == _SEEN:
                if told.body["status"] in until:
                    return dict(told.body)
                version = told.body["version"] + 1
        raise TimeoutError(workflow_id)

    def open_to(self, scopes: Collection[str]) -> set[str]:
        """The operations of callers who hold these, and those of everybody."""
        return {
            name
            for name, operation in self._operations.items()
            if not operation["security"] or _scope(operation) in scopes
        }


def _operations(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield {**operation, "path": path, "method": method.upper()}


def _scope(operation: Mapping[str, Any]) -> str:
    ((scope,),) = (each["bearer"] for each in operation["security"] if "bearer" in each)
    return str(scope)


def _documented(operation: Mapping[str, Any], answer: requests.Response) -> Told:
    announced = operation["responses"].get(str(answer.status_code))
    if announced is None:
        raise UndocumentedError(f"{operation['operationId']}: {answer.status_code} {answer.text}")
    kind = answer.headers.get("content-type", "").partition(";")[0]
    if answer.content and kind not in announced.get("content", {}):
        raise UndocumentedError(f"{operation['operationId']}: {answer.status_code} is {kind}")
    body = json.loads(answer.content) if kind.endswith("json") else answer.text
    return Told(answer.status_code, {k.lower(): v for k, v in answer.headers.items()}, body)
