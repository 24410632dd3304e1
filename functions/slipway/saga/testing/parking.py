"""Signals that a parked undo waits for an operator who does not answer."""


class Waits(BaseException):
    """No operator decides for now: the execution stops here, and the test continues."""
