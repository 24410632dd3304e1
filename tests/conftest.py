"""What every kind of test shares."""

pytest_plugins = [
    "tests.engines.selection",
    "tests.engines.fixtures",
    "slipway.saga.testing.summary",
]
