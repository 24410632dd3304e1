"""The person whom an undo waits for, and who never answers."""


class Waits(BaseException):
    """Nobody answers for the time being: the execution stands still, and the test goes on."""
