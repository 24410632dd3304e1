"""What moto needs to behave like AWS for a whole system: one small file per correction.

Each is a context manager, says why it is there, and has a test that fails without it. They touch
private code of moto, which is therefore pinned to one exact version.
"""
