"""A stand-in for the loading of adapters: the module itself is the adapter."""

import importlib


def load(specification):
    return importlib.import_module(specification)
