"""Git servers on loopback: dulwich's own, and Git's where it is installed; plain or over TLS."""

import os
import shutil
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from dulwich.objects import S_IFGITLINK, Blob, Commit, ObjectID, Tag, Tree
from dulwich.refs import Ref
from dulwich.repo import Repo
from dulwich.server import DictBackend
from dulwich.web import make_wsgi_chain

App = Callable[[dict[str, Any], Any], Any]
ANNA = b"Anna <anna@example.org>"
LINK, PROGRAM, FILE = 0o120000, 0o100755, 0o100644


class Repository:
    """A bare repository, committed to without a work tree: so hostile trees can be made too."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.folder = folder
        self.repo = Repo.init_bare(folder)
        config = self.repo.get_config()
        config.set((b"http",), b"receivepack", False)
        config.write_to_path()

    def commit(self, files: dict[str, tuple[int, bytes]], branch: str = "master") -> str:
        ref = Ref(f"refs/heads/{branch}".encode())
        commit = Commit()
        commit.tree = self._tree(files)
        commit.parents = [self.repo.refs[ref]] if ref in self.repo.refs else []
        commit.author = commit.committer = ANNA
        commit.author_time = commit.commit_time = 1_900_000_000
        commit.author_timezone = commit.commit_timezone = 0
        commit.message = b"a change"
        self.repo.object_store.add_object(commit)
        self.repo.refs[ref] = commit.id
        return commit.id.decode()

    def tag(self, name: str, commit: str) -> None:
        tag = Tag()
        tag.name, tag.tagger, tag.message = name.encode(), ANNA, b"a release"
        tag.tag_time, tag.tag_timezone = 1_900_000_000, 0
        tag.object = (Commit, ObjectID(commit.encode()))
        self.repo.object_store.add_object(tag)
        self.repo.refs[Ref(f"refs/tags/{name}".encode())] = tag.id

    def _tree(self, files: dict[str, tuple[int, bytes]]) -> ObjectID:
        tree = Tree()
        folders: dict[str, dict[str, tuple[int, bytes]]] = {}
        for name, (mode, content) in files.items():
            top, slash, rest = name.partition("/")
            if slash:
                folders.setdefault(top, {})[rest] = (mode, content)
            elif mode == S_IFGITLINK:
                tree.add(top.encode(), mode, ObjectID(content))
            else:
                blob = Blob.from_string(content)
                self.repo.object_store.add_object(blob)
                tree.add(top.encode(), mode, blob.id)
        for top, below in folders.items():
            tree.add(top.encode(), 0o40000, self._tree(below))
        self.repo.object_store.add_object(tree)
        return tree.id


def dulwich_app(repository: Repository) -> App:
    app: App = make_wsgi_chain(DictBackend({"/shop.git": repository.repo}))  # type: ignore[arg-type]
    return app


def git_backend() -> str | None:
    git = shutil.which("git")
    if git is None:
        return None
    where = subprocess.run([git, "--exec-path"], check=True, capture_output=True, text=True)
    backend = Path(where.stdout.strip(), "git-http-backend")
    return str(backend) if backend.exists() else None


def git_app(repository: Repository) -> App:
    """`git http-backend`, as CGI: it speaks version 2 of the protocol."""
    backend = git_backend() or "git-http-backend"

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        told = {key: value for key, value in environ.items() if isinstance(value, str)}
        told |= {
            "GIT_PROJECT_ROOT": str(repository.folder.parent),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_PROTOCOL": told.get("HTTP_GIT_PROTOCOL", ""),
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "safe.directory",
            "GIT_CONFIG_VALUE_0": "*",
            "PATH": os.environ["PATH"],
        }
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        done = subprocess.run([backend], env=told, input=body, capture_output=True, check=False)
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        start_response(headers.pop("Status", "200 OK"), list(headers.items()))
        return [content]

    return app


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the base class says so)
        pass


@contextmanager
def served(app: App, certificate: Path | None = None) -> Iterator[str]:
    """Answers the server's origin; over TLS when there is a certificate (with its key)."""
    with make_server("127.0.0.1", 0, app, handler_class=_Quiet) as server:
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http{'s' if certificate else ''}://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def self_made_certificate(to: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    addresses = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(addresses, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    to.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return to
