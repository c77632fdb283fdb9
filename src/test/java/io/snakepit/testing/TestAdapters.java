package io.snakepit.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Adapters that tests write, as a user would, into a directory outside the project. */
public final class TestAdapters {

  private TestAdapters() {}

  /** Writes a module and answers its name. */
  public static String write(Path directory, String module, String source) {
    try {
      Files.writeString(directory.resolve(module + ".py"), source);
      return module;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Tools that misbehave. */
  public static final String CHAOS =
      """
      import ctypes, os, signal, sys, threading, time
      from snakepit import Context, tool

      @tool
      def exit_now(status: int) -> None:
          print("last words", file=sys.stderr, flush=True)
          os._exit(status)

      @tool
      def kill_self(number: int = 9) -> None:
          os.kill(os.getpid(), number)

      @tool
      def hang_in_c(seconds: int) -> int:
          # PyDLL keeps the GIL while C code runs.
          return ctypes.PyDLL(None).sleep(seconds)

      @tool
      def pid() -> int:
          return os.getpid()

      @tool
      def say(text: str, error: bool = False) -> None:
          print(text, file=sys.stderr if error else sys.stdout, flush=True)

      @tool
      def mark(path: str) -> None:
          with open(path, "a") as f:
              f.write("ran\\n")

      @tool
      def bad_result(kind: str):
          return {"set": {1}, "nan": float("nan"), "deep": [object()]}[kind]

      @tool
      def env(name: str) -> str | None:
          return os.environ.get(name)

      @tool
      def on_main_thread() -> bool:
          return threading.current_thread() is threading.main_thread()

      @tool
      def ask(ctx: Context, name: str, key: str):
          return ctx.call_host(name, {"key": key})

      @tool
      def grandchild() -> int:
          pid = os.fork()
          if pid == 0:
              os.setsid()
              if os.fork() == 0:
                  time.sleep(600)
              os._exit(0)
          os.waitpid(pid, 0)
          return pid
      """;
}
