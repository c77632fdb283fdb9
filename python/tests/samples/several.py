from snakepit import Adapter, tool


class One(Adapter):
    @tool
    def ping(self) -> str:
        return "one"


class Two(One):
    def ping(self) -> str:
        return "two"


class Empty(Adapter):
    pass


class Clash(Adapter):
    @tool(name="a")
    def first(self) -> None: ...

    @tool(name="a")
    def second(self) -> None: ...


not_an_adapter = object()
