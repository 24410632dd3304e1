"""What every kind of test shares."""

import signal

from hypothesis import settings

pytest_plugins = [
    "tests.engines.selection",
    "tests.engines.fixtures",
    "slipway.saga.testing.summary",
]

settings.register_profile("unhurried", deadline=None)  # a busy machine refutes no rule
settings.load_profile("unhurried")


def pytest_configure() -> None:
    """Whoever starts the tests in the background has them ignore SIGINT, and all they start too."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
