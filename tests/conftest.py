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
    """Who starts tests in the background has them ignore signals, and all that they start too."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
