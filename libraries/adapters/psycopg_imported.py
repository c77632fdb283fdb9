"""Imports a database driver; connections are for ``start()``."""

import psycopg
from psycopg import sql
from snakepit import tool

__snakepit_thread_safe__ = True


@tool
def answer(n: int) -> str:
    """Puts a statement together, without a server."""
    statement = sql.SQL("select {} from {}").format(sql.Literal(n), sql.Identifier("shop"))
    return f"{psycopg.paramstyle}: {statement.as_string(None)}"


@tool
async def answer_on_loop(n: int) -> str:
    """Does the same on the event loop's thread."""
    return answer(n)
