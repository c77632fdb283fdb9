"""Servers on loopback that adapters connect to: each answers what it is asked, after a moment."""

from __future__ import annotations

import http.server
import socketserver
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

PAUSE_S = 0.002
"""So long an answer takes: a connection that workers share would mix answers up in it."""


class _Echo(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        time.sleep(PAUSE_S)
        body = f"answer to {self.path}".encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Logs nothing."""


class _Lines(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        for line in self.rfile:
            time.sleep(PAUSE_S)
            self.wfile.write(b"answer to " + line)


class _Threads(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """Says nothing: workers that are killed leave their connections broken."""


class Servers:
    """All servers, from ``with`` until its end.

    Args:
        rpc: whether one of gRPC is among them, which takes the library.

    Attributes:
        variables: tell adapters where they are.
    """

    def __init__(self, *, rpc: bool) -> None:
        self._servers = [_Threads(("127.0.0.1", 0), handler) for handler in (_Echo, _Lines)]
        web, lines = (server.server_address[1] for server in self._servers)
        self.variables = {
            "MATRIX_HTTP": f"http://127.0.0.1:{web}",
            "MATRIX_LINES": f"127.0.0.1:{lines}",
        }
        self._stop_rpc: Callable[[], object] = lambda: None
        if rpc:
            port, self._stop_rpc = _serve_rpc()
            self.variables["MATRIX_GRPC"] = f"127.0.0.1:{port}"

    def __enter__(self) -> Servers:  # noqa: PYI034 - Self came with Python 3.11
        for server in self._servers:
            threading.Thread(target=server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()
        self._stop_rpc()


def _serve_rpc() -> tuple[int, Callable[[], object]]:
    """Starts a server of gRPC that echoes; returns its port, and what stops it."""
    import grpc

    class Echo(grpc.GenericRpcHandler):  # type: ignore[misc] # the library has no types here
        def service(self, handler_call_details: object) -> object:
            del handler_call_details
            return grpc.unary_unary_rpc_method_handler(lambda request, _context: request)

    server = grpc.server(ThreadPoolExecutor(8))
    server.add_generic_rpc_handlers((Echo(),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return port, lambda: server.stop(None).wait()
