"""A peer: the same echo behind a `grpcio` server with unary calls. Prints its port.

The messages hold JSON as it is, so that protobuf costs nothing here.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import grpc


def echo(request: bytes, _: grpc.ServicerContext) -> bytes:
    """Reads the arguments and writes them again."""
    return json.dumps(json.loads(request)).encode()


def main() -> None:
    """Serves until killed."""
    server = grpc.server(ThreadPoolExecutor(max_workers=4))
    methods = {"Echo": grpc.unary_unary_rpc_method_handler(echo)}
    service = grpc.method_handlers_generic_handler("bench.Echo", methods)
    server.add_generic_rpc_handlers((service,))
    print(server.add_insecure_port("127.0.0.1:0"), flush=True)
    server.start()
    server.wait_for_termination()


if __name__ == "__main__":
    main()
