"""Lies before the real one on the path: it is as if that were not installed."""

raise ImportError(__name__)
