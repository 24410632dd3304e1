"""Salted fingerprints, to compare texts without storing them."""

import hashlib
from functools import lru_cache


@lru_cache(maxsize=128)
def fingerprint(text: str, salt: str, size_bytes: int = 16) -> str:
    """Return a scrypt digest in hex, for texts that may hold a password.

    Each guess costs 16 MB of memory and some hundredths of a second. Cached, as one step asks
    for the same name several times.
    """
    key = hashlib.scrypt(text.encode(), salt=salt.encode(), n=2**14, r=8, p=1, dklen=size_bytes)
    return key.hex()


def quick_fingerprint(text: str, salt: str) -> str:
    """Return a SHA-256 digest in hex, for texts without secrets: a guess costs nothing."""
    return hashlib.sha256(f"{salt}\n{text}".encode()).hexdigest()
