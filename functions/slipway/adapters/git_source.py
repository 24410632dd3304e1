"""Fetch one commit of a Git repository over HTTPS, as files.

No git binary, no hooks, no submodules (their folders stay empty), no LFS (pointer files stay), no
credentials: a private repository has to be uploaded. Proxy environment variables are ignored.
"""

import struct
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import urllib3
from dulwich.errors import (
    ApplyDeltaError,
    ChecksumMismatch,
    FileFormatException,
    GitProtocolError,
    HangupException,
)

from slipway.adapters.git_addresses import Reach, checked_url
from slipway.adapters.git_fetch import GitObjects
from slipway.adapters.git_http import GitClient, Guard
from slipway.adapters.git_tree import write_tree
from slipway.containerize.archive.limits import DEFAULT_LIMITS, ArchiveLimits
from slipway.containerize.archive.tree import Tree, clear
from slipway.saga.errors import Rejected, StepError, Unavailable

_BROKEN = (
    ApplyDeltaError,
    AssertionError,
    ChecksumMismatch,
    FileFormatException,
    GitProtocolError,
    LookupError,  # a referenced object is missing
    ValueError,
    struct.error,
    zlib.error,
)


class GitSource:
    """Trusts only the authorities in `ca_file`, or the machine's if it is None."""

    def __init__(
        self,
        reach: Reach,
        limits: ArchiveLimits = DEFAULT_LIMITS,
        deadline_s: float = 120,
        ca_file: str | None = None,
    ) -> None:
        self._reach = reach
        self._limits = limits
        self._deadline_s = deadline_s
        self._ca_file = ca_file

    def fetch(self, git: Mapping[str, Any], into: Path) -> str:
        """Fetch `{url, ref?, subdirectory?}` and return the commit's id.

        Raises Rejected, or Unavailable when the server does not respond in time; `into` is then
        cleared.
        """
        url = str(git["url"])
        checked_url(url, self._reach)
        guard = Guard(url, self._reach, self._limits.archive_bytes)
        try:
            with guard.within(self._deadline_s), _dulwich_errors(guard):
                return self._fetch(git, guard, into)
        except BaseException:
            clear(into)
            raise

    def _fetch(self, git: Mapping[str, Any], guard: Guard, into: Path) -> str:
        with TemporaryDirectory() as folder:
            client = GitClient(str(git["url"]), guard, self._ca_file)
            objects = GitObjects(client, Path(folder, "objects"), self._limits)
            try:
                found = objects.fetch(git.get("ref"))
                tree = Tree(into, self._limits)
                return write_tree(objects.store, found, git.get("subdirectory"), tree, self._limits)
            finally:
                objects.store.close()
                client.pool_manager.clear()


@contextmanager
def _dulwich_errors(guard: Guard) -> Iterator[None]:
    try:
        yield
    except StepError:
        raise
    except (*_BROKEN, urllib3.exceptions.HTTPError, OSError) as error:
        raise _translated(error, guard) from error


def _translated(error: Exception, guard: Guard) -> StepError:
    if guard.time_is_up.is_set():
        return Unavailable("git_timeout", "the Git server took too long")
    network = error if isinstance(error, urllib3.exceptions.HTTPError) else error.__cause__
    if isinstance(network, urllib3.exceptions.MaxRetryError):
        network = network.reason
    if isinstance(network, urllib3.exceptions.ResponseError):
        return Rejected("git_redirect", "too many redirects", fix="check the URL")
    if isinstance(network, urllib3.exceptions.SSLError):
        return Rejected(
            "git_tls",
            "the Git server's certificate is not trusted",
            fix="set SSL_CERT_FILE to a file with the CA certificate of the server",
        )
    if isinstance(network, urllib3.exceptions.HTTPError) or isinstance(
        error, HangupException | OSError
    ):
        return Unavailable("git_unreachable", "the Git server does not respond")
    return Rejected(
        "git_unreadable",
        f"invalid response from the Git server ({type(error).__name__})",
        fix="try `git clone` of the same URL, and upload the source",
    )
