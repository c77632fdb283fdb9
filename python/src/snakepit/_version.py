"""The package's version, readable without installed metadata: the jar carries bare sources."""

__version__ = "0.1.0"
