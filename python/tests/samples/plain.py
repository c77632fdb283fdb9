"""A plain module is an adapter, too."""

from snakepit import tool


@tool
def greet(name: str = "world") -> str:
    """Greets."""
    return f"hello, {name}"


@tool(name="shout", description="Louder.")
def _upper(text: str) -> str:
    return text.upper()


def no_tool() -> None:
    """Not offered."""
