"""What every kind of test shares."""

import signal

pytest_plugins = [
    "tests.engines.selection",
    "tests.engines.fixtures",
    "slipway.saga.testing.summary",
]


def pytest_configure() -> None:
    """Whoever starts the tests in the background has them ignore SIGINT, and all they start too."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
