"""Adapters that come with the package: `showcase` has one tool for each feature."""
