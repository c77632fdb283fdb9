from typing import Any

from snakepit import Adapter, Context, tool


@tool
def outside() -> str:
    return "function"


class CatchAll(Adapter):
    @tool
    def inside(self) -> str:
        return "method"

    def execute(self, tool: str, args: Any, ctx: Context) -> Any:
        if tool.startswith("any."):
            raw = isinstance(args, bytes)
            return {"tool": tool, "args": args.decode() if raw else args, "call": ctx.call_id}
        if tool == "numbers":
            return (i for i in range(3))
        return super().execute(tool, args, ctx)
