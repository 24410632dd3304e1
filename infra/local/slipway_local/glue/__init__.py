"""Patches that make moto behave like AWS for a whole system: one small file per correction.

Each is a context manager, documents why it exists, and has a test that fails without it. They
patch private code of moto, which is therefore pinned to one exact version.
"""
