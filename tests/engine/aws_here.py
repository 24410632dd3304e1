"""The AWS of this process for the command line `aws`: an object of S3, and the login of ECR."""

import base64
import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import boto3

_ECR_LOGIN = "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken"


def is_installed() -> bool:
    return shutil.which("aws") is not None


@contextmanager
def aws_command(folder: Path, ecr_login: str) -> Iterator[Path]:
    """Give a folder with an `aws` in it that asks here; `ecr_login` is `username:password`."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(ecr_login))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    command = folder / "aws"
    address = f"http://127.0.0.1:{server.server_port}"
    real = shutil.which("aws")
    command.write_text(f'#!/bin/sh\nexec {real} --endpoint-url {address} "$@"\n')
    command.chmod(0o755)
    try:
        yield folder
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(ecr_login: str) -> type[BaseHTTPRequestHandler]:
    class Answers(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self._give(_object(self.path))

        def do_GET(self) -> None:
            found = _object(self.path)
            self._give(found)
            self.wfile.write(found["Body"].read())

        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers["X-Amz-Target"] != _ECR_LOGIN:
                self.send_error(400, explain=asked.decode())
                return
            token = base64.b64encode(ecr_login.encode()).decode()
            body = json.dumps({"authorizationData": [{"authorizationToken": token}]}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """A test's output is its own."""

        def _give(self, found: dict[str, Any]) -> None:
            self.send_response(200)
            for name, value in found["ResponseMetadata"]["HTTPHeaders"].items():
                if name.lower() in {"content-length", "etag", "last-modified"}:
                    self.send_header(name, value)
            self.end_headers()

    return Answers


def _object(path: str) -> dict[str, Any]:
    """Whole, whatever range was asked for: the contexts of these tests come in one piece."""
    bucket, _, key = unquote(path).lstrip("/").partition("/")
    return dict(boto3.client("s3").get_object(Bucket=bucket, Key=key))
