"""Fills a database in memory on import."""

import duckdb
from snakepit import tool

__snakepit_thread_safe__ = True

DATABASE = duckdb.connect()
DATABASE.execute("create table numbers as select i, i % 7 as k from range(200000) t(i)")
FIRST = DATABASE.execute("select sum(i) from numbers").fetchall()


@tool
def answer(n: int) -> list[list[int]]:
    """Groups, which DuckDB does on several threads."""
    question = "select k, sum(i)::bigint from numbers where i > ? group by k order by k"
    rows = DATABASE.cursor().execute(question, [n]).fetchall()
    return [[int(value) for value in row] for row in rows]


@tool
async def answer_on_loop(n: int) -> list[list[int]]:
    """Does the same on the event loop's thread."""
    return answer(n)
