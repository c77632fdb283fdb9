package io.snakepit.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.snakepit.testing.TestPython;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests that look for a real interpreter. */
class InterpreterIT {
  @TempDir Path home;

  @Test
  void tellsWhatItIs() throws Exception {
    Interpreter interpreter = find(System.getenv(), List.of());

    assertThat(interpreter.executable()).isExecutable();
    assertThat(interpreter.version()).startsWith("3.");
    assertThat(interpreter.protobuf()).isNotEmpty();
  }

  @Test
  void seesWhatWorkersOfThePoolSee() throws Exception {
    Path shadow = Files.createDirectories(home.resolve("path/google/protobuf"));
    Files.writeString(shadow.resolve("__init__.py"), "__version__ = '6.32.0'");
    Files.writeString(shadow.resolveSibling("__init__.py"), "");

    assertThat(find(System.getenv(), List.of(home.resolve("path").toString())).protobuf())
        .isEqualTo("6.32.0");
    assertThat(find(Map.of("PYTHONPATH", home.resolve("path").toString()), List.of()).protobuf())
        .isEqualTo("6.32.0");
  }

  @Test
  void libraryThatCannotBeImportedIsTold() throws Exception {
    Path shadow = Files.createDirectories(home.resolve("path/google"));
    Files.writeString(shadow.resolve("__init__.py"), "");

    assertThatThrownBy(() -> find(System.getenv(), List.of(home.resolve("path").toString())))
        .isInstanceOf(InterpreterException.class)
        .hasMessageContaining("can't import protobuf (<class 'ModuleNotFoundError'>: No module")
        .hasMessageContaining("-m pip install \"protobuf>=6.31.1,<8\"");
  }

  private Interpreter find(Map<String, String> environment, List<String> pythonPath)
      throws InterpreterException {
    return Interpreter.find(
        new Interpreter.Search(
            "ml", TestPython.executable().toString(), home, environment, pythonPath),
        new NuProcessLauncher());
  }
}
