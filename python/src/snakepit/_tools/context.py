"""The context of a call: what its tool may know and do about it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from snakepit._system.pristine import time

if TYPE_CHECKING:
    _Adapter = logging.LoggerAdapter[logging.Logger]
else:
    _Adapter = logging.LoggerAdapter

_LOGGER = logging.getLogger("snakepit.tool")


@dataclass(frozen=True)
class WorkerInfo:
    """Facts about a worker, for its adapter's `start`."""

    worker_id: str
    pool: str


@dataclass(frozen=True)
class Session:
    """The session that a call belongs to."""

    id: str


class HostClient(Protocol):
    """The way from a tool to the host's tools."""

    def call(self, call_id: str, tool: str, args: Mapping[str, Any]) -> Any:
        """Calls a host tool and waits for its result."""

    async def call_async(self, call_id: str, tool: str, args: Mapping[str, Any]) -> Any:
        """Calls a host tool while other tasks run."""

    def end_call(self) -> None:
        """Says that the tool has answered: nobody waits for the host any more."""


class Context:
    """One call, as its tool sees it. Made only for tools that have a parameter of this type.

    Belongs to the thread that runs the tool, and to the time until the tool has answered.

    Attributes:
        call_id: the id that callers, logs and errors know the call by.
        session: the call's session, or None.
    """

    __slots__ = ("_deadline", "_host", "_is_cancelled", "_worker", "call_id", "session")

    def __init__(
        self,
        worker: WorkerInfo,
        host: HostClient,
        call_id: str = "",
        session: str = "",
        timeout_ms: float = 0.0,
        is_cancelled: Callable[[], bool] | None = None,
    ) -> None:
        """Takes what the worker knows. An empty `session` and a `timeout_ms` of 0 mean none."""
        self._is_cancelled = is_cancelled
        self._worker = worker
        self._host: HostClient | None = host
        self._deadline = time.monotonic() + timeout_ms / 1000 if timeout_ms else None
        self.call_id = call_id
        self.session = Session(session) if session else None

    @property
    def worker_id(self) -> str:
        """This worker's name, such as `default-3`."""
        return self._worker.worker_id

    @property
    def pool(self) -> str:
        """The name of this worker's pool."""
        return self._worker.pool

    @property
    def deadline(self) -> float | None:
        """Seconds until nobody waits for the answer any more; never below 0. None: no limit."""
        return None if self._deadline is None else max(0.0, self._deadline - time.monotonic())

    @property
    def cancelled(self) -> bool:
        """True once nobody waits for the answer any more: time to stop working on it."""
        return self.deadline == 0 or (self._is_cancelled is not None and self._is_cancelled())

    @property
    def log(self) -> _Adapter:
        """A logger whose lines bear the call's id."""
        return _CallLog(_LOGGER, {"call": self.call_id})

    def call_host(self, tool: str, args: Mapping[str, Any] | None = None) -> Any:
        """Calls a tool of the host's and waits for its result.

        Raises HostError with the host's error code if it fails, and RuntimeError once this call
        is over or on another thread than the tool's.
        """
        return self._client().call(self.call_id, tool, args or {})

    async def call_host_async(self, tool: str, args: Mapping[str, Any] | None = None) -> Any:
        """Calls a tool of the host's for an async tool: other tasks run meanwhile."""
        return await self._client().call_async(self.call_id, tool, args or {})

    def _client(self) -> HostClient:
        if self._host is None:
            raise RuntimeError(f"call {self.call_id} is over: its Context can't call the host")
        return self._host

    def end(self) -> None:
        """Ends the way to the host. Called by the worker when the tool has answered."""
        host, self._host = self._host, None
        if host is not None:
            host.end_call()


for _public in (WorkerInfo, Session, Context):
    _public.__module__ = "snakepit"  # what users import, callers see and pickles hold


class _CallLog(_Adapter):
    def process(
        self, msg: object, kwargs: MutableMapping[str, Any]
    ) -> tuple[str, MutableMapping[str, Any]]:
        call = (self.extra or {}).get("call", "")
        return f"[{call}] {msg}", kwargs
