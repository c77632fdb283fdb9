package io.snakepit.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.testing.TestPython;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests that look for a real interpreter. */
class InterpreterIT {
  @TempDir Path home;

  @Test
  void tellsWhatItIs() throws Exception {
    Interpreter interpreter = find();

    assertThat(interpreter.executable()).isExecutable();
    assertThat(interpreter.version()).startsWith("3.");
  }

  private Interpreter find() throws InterpreterException {
    return Interpreter.find(
        new Interpreter.Search("ml", TestPython.executable().toString(), home, System.getenv()),
        new NuProcessLauncher());
  }
}
