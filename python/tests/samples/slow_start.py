from samples import oddities

from snakepit import Adapter, WorkerInfo, tool


class SlowStart(Adapter):
    def start(self, worker: WorkerInfo) -> None:
        oddities.gate.wait(30)

    @tool
    def ping(self) -> str:
        return "pong"
