"""Registry credentials from Docker's config.json and its credential helpers."""

import json
import shutil
from pathlib import Path

from docker.auth import INDEX_NAME, AuthConfig
from docker.credentials.constants import PROGRAM_PREFIX
from docker.errors import DockerException

from slipway.adapters.docker_auths import auth_config, credentials_in
from slipway.containerize.ports import Credentials
from slipway.containerize.reference import host_of
from slipway.saga.errors import Rejected, Unavailable


class DockerCredentials:
    """`folder` is DOCKER_CONFIG, by default ~/.docker. Read on every call, as logins change."""

    def __init__(self, folder: str | None = None) -> None:
        self._file = Path(folder) if folder else Path.home() / ".docker"
        self._file /= "config.json"

    def for_repository(self, repository: str) -> Credentials | None:
        config, host = self.config(), host_of(repository)
        helper = config.get_credential_store(None if host == INDEX_NAME else host)
        if helper and shutil.which(PROGRAM_PREFIX + helper) is None:
            raise Rejected(
                "credential_helper_missing",
                f"{self._file} names {PROGRAM_PREFIX}{helper}, which is not on PATH",
                fix=f"install it, or docker login {host} after removing it from the file",
            )
        try:
            return credentials_in(config.resolve_authconfig(host))
        except DockerException:
            # Its message may repeat what the helper printed.
            raise Unavailable(
                "credential_helper_failed",
                f"{PROGRAM_PREFIX}{helper} failed for {host}",
                fix=f"docker login {host}",
            ) from None
        except (ValueError, KeyError):
            raise Rejected(
                "credential_helper_garbled",
                f"{PROGRAM_PREFIX}{helper} returned an invalid response for a credential helper",
                fix=f"docker login {host}, or install another helper",
            ) from None

    def config(self) -> AuthConfig:
        """Raises Rejected docker_config_invalid."""
        try:
            return auth_config(json.loads(self._file.read_text(encoding="utf-8")))
        except (FileNotFoundError, NotADirectoryError):
            return auth_config({})
        except OSError as error:
            raise self._broken(error.strerror or "it cannot be read") from None
        except json.JSONDecodeError as error:
            raise self._broken(f"line {error.lineno} is not JSON") from None
        except UnicodeDecodeError:
            raise self._broken("it is not UTF-8") from None
        except ValueError as error:
            raise self._broken(str(error)) from None

    def _broken(self, why: str) -> Rejected:
        return Rejected(
            "docker_config_invalid",
            f"{self._file}: {why}",
            fix="correct the file, or docker logout and docker login again",
        )
