package io.snakepit.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Adapters that tests write, as a user would, into a directory outside the project. */
public final class TestAdapters {

  private TestAdapters() {}

  /** Reads a source file, named from the repository's root, where tests run. */
  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes a module and answers its name. */
  public static String write(Path directory, String module, String source) {
    try {
      Files.writeString(directory.resolve(module + ".py"), source);
      return module;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Tools that misbehave, which the chaos scripts and the Python tests use too. */
  public static final String HOSTILE = read(Path.of("python/tests/samples/hostile.py"));

  /** An adapter whose start takes longer than anybody waits. */
  public static final String SLEEPY =
      """
      import time
      from snakepit import Adapter, tool

      class Sleepy(Adapter):
          def start(self, worker) -> None:
              time.sleep(600)

          @tool
          def t(self) -> int:
              return 1
      """;

  /** Tools whose answers are streams, and which write down how they end. */
  public static final String STREAMS =
      """
      import asyncio, os, time
      from collections.abc import AsyncIterator, Iterator
      from snakepit import Adapter, Context, tool

      def note(path: str, what: object) -> None:
          with open(path, "a") as f:
              f.write(f"{what}\\n")

      class Streams(Adapter):
          thread_safe = True

          @tool
          def plain(self, value: int = 1) -> dict:
              return {"value": value}

          @tool
          def count(self, n: int) -> Iterator[dict]:
              for i in range(n):
                  yield {"i": i}

          @tool
          async def acount(self, n: int) -> AsyncIterator[dict]:
              for i in range(n):
                  await asyncio.sleep(0)
                  yield {"i": i}

          @tool
          def noted(self, path: str, n: int = 1_000_000, size: int = 1) -> Iterator[str]:
              try:
                  for i in range(n):
                      note(path, i)
                      yield "x" * size
              finally:
                  note(path, "closed")

          @tool
          async def anoted(
              self, path: str, n: int = 1_000_000, size: int = 1
          ) -> AsyncIterator[str]:
              try:
                  for i in range(n):
                      note(path, i)
                      yield "x" * size
              finally:
                  note(path, "closed")

          @tool
          def sleepy(self, path: str, n: int = 1) -> Iterator[int]:
              try:
                  for i in range(n):
                      yield i
                  note(path, "asleep")
                  time.sleep(600)
              finally:
                  note(path, "closed")

          @tool
          def fails(self, n: int) -> Iterator[int]:
              yield from range(n)
              raise ValueError(f"after {n}")

          @tool
          def dies(self, n: int) -> Iterator[int]:
              yield from range(n)
              os._exit(3)

          @tool
          def odd(self) -> Iterator[object]:
              yield {"$end": 1}
              yield b"raw"
              yield {"a": "$b"}
              yield None
              yield "line\\nbreak"

          @tool
          def sizes(self, sizes: list) -> Iterator[str]:
              for size in sizes:
                  yield "x" * size

          @tool
          def asks(self, ctx: Context, n: int) -> Iterator[object]:
              for i in range(n):
                  yield ctx.call_host("double", {"n": i})

          @tool
          def blobs(self, ctx: Context, n: int) -> Iterator[int]:
              for i in range(n):
                  yield len(ctx.call_host("blob", {"n": i}))

          @tool
          def length(self, body: Iterator[bytes]) -> dict:
              pieces = total = 0
              for piece in body:
                  pieces += 1
                  total += len(piece)
              return {"bytes": total, "pieces": pieces}

          @tool
          def mirror(self, body: Iterator[bytes]) -> Iterator[bytes]:
              for piece in body:
                  yield bytes(piece)

          @tool
          def first(self, body: Iterator[bytes]) -> int:
              return len(next(iter(body), b""))

          @tool
          def slow(self, body: Iterator[bytes]) -> int:
              total = 0
              for piece in body:
                  total += len(piece)
                  time.sleep(600)
              return total

          @tool
          def pid(self) -> int:
              return os.getpid()
      """;

  /** An adapter for any profile, whose tools wait, leak, die and tell who they are. */
  public static final String PRESSURE =
      """
      import asyncio, os, threading, time
      from typing import Any
      from snakepit import Adapter, Context, tool

      VERSION = 1

      def note(path: str, what: str) -> None:
          if path:
              with open(path, "a") as f:
                  f.write(what + "\\n")

      class Pressure(Adapter):
          thread_safe = True

          def start(self, worker) -> None:
              self.calls = 0
              self.leaked = []

          @tool
          def ping(self) -> str:
              return "pong"

          @tool
          def version(self) -> int:
              return VERSION

          @tool
          def pid(self) -> int:
              return os.getpid()

          @tool
          def count(self) -> list:
              self.calls += 1
              return [os.getpid(), self.calls]

          @tool
          def sleep(self, seconds: float, path: str = "") -> float:
              note(path, "begun")
              try:
                  time.sleep(seconds)
              finally:
                  note(path, "cleaned")
              return seconds

          @tool
          async def nap(self, seconds: float) -> float:
              await asyncio.sleep(seconds)
              return seconds

          @tool
          async def nap_until(self, path: str) -> None:
              while not os.path.exists(path):
                  await asyncio.sleep(0.01)

          @tool
          def fail(self) -> None:
              raise ValueError("on purpose")

          @tool
          def crash(self) -> None:
              os._exit(9)

          @tool
          def crash_once(self, path: str) -> int:
              first = not os.path.exists(path)
              note(path, str(os.getpid()))
              if first:
                  os._exit(9)
              return os.getpid()

          @tool
          def crash_on_third(self) -> int:
              self.calls += 1
              if self.calls == 3:
                  os._exit(9)
              return self.calls

          @tool
          def slow_death(self) -> str:
              threading.Timer(0.2, lambda: os._exit(9)).start()
              return "dying"

          @tool
          def leak(self, megabytes: int) -> int:
              self.leaked.append(b"x" * (megabytes << 20))
              return len(self.leaked)

          @tool(batch=16, wait_ms=2)
          def together(self, items: list[dict[str, Any]]) -> list:
              time.sleep(0.002)
              return [[item["n"], len(items)] for item in items]
      """;
}
