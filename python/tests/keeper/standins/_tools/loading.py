"""Stands in for the loading of adapters: a module with a function per kind of worker."""

import importlib
from typing import Any


class AdapterError(Exception):
    pass


def load(spec: str) -> Any:
    if not spec:
        raise AdapterError("no adapter is named")
    return importlib.import_module(spec)
