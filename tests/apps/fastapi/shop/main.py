"""Orders of a tea shop, kept in memory."""

import os
from typing import Any

from fastapi import FastAPI

api = FastAPI(title="Tea shop")
GREETING = os.getenv("GREETING", "Welcome")


@api.get("/")
def welcome() -> dict[str, Any]:
    return {"message": GREETING}


@api.get("/healthz")
def health() -> dict[str, str]:
    return {"status": "ok"}
