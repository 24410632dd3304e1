"""A tea shop's price list."""

import os

from flask import Flask, jsonify

app = Flask(__name__)
CURRENCY = os.environ.get("CURRENCY", "EUR")


@app.get("/")
def prices():
    return jsonify(currency=CURRENCY, assam=4.2, sencha=6.1)


@app.get("/health")
def health():
    return jsonify(status="ok")
