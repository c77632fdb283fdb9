from snakepit import Adapter, WorkerInfo, tool


class BadStart(Adapter):
    def start(self, worker: WorkerInfo) -> None:
        raise OSError(f"no database for {worker.worker_id}")

    @tool
    def ping(self) -> str:
        return "pong"
