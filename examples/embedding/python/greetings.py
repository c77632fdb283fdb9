"""Tools of the example application."""

from snakepit import tool


@tool
def greet(names: list[str]) -> str:
    """Greets everybody by name."""
    return f"Hello, {' and '.join(names)}!"
