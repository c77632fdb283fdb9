package io.snakepit.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PythonPackageTest {
  private static final String ANCHOR = "python/snakepit/__init__.py";

  @TempDir Path directory;

  @Test
  void laysOutThePackageThatTheClassPathCarries() throws Exception {
    Path library = PythonPackage.unpack(directory.resolve("data"));

    assertThat(library.getParent()).isEqualTo(directory.resolve("data/lib"));
    assertThat(library.resolve("snakepit/__init__.py")).isNotEmptyFile();
    assertThat(library.resolve("snakepit/_keeper/__main__.py")).isNotEmptyFile();
    assertThat(library.resolve("snakepit/v1/worker_pb2.py")).isNotEmptyFile();
    assertThat(library.resolve("snakepit/py.typed")).exists();
    for (String made : List.of("", "lib", "lib/" + library.getFileName() + "/snakepit/v1")) {
      assertThat(permissions(directory.resolve("data").resolve(made))).isEqualTo("rwx------");
    }
  }

  /** Fails if the jar carries code that refuses older libraries: many others pin one. */
  @Test
  void generatedMessagesAskForNoVersionOfProtobuf() throws Exception {
    Path library = PythonPackage.unpack(directory.resolve("data"));

    assertThat(library.resolve("snakepit/v1/worker_pb2.py"))
        .content()
        .contains("_builder.BuildMessageAndEnumDescriptors")
        .doesNotContain("runtime_version");
  }

  @Test
  void directoryAndJarGiveTheSame() throws Exception {
    Path fromDirectory = PythonPackage.unpack(fromDirectory("v1"), directory.resolve("a"));
    Path fromJar = PythonPackage.unpack(fromJar("v1"), directory.resolve("b"));

    assertThat(fromJar.getFileName()).isEqualTo(fromDirectory.getFileName());
    assertThat(files(fromJar)).isEqualTo(files(fromDirectory));
    assertThat(files(fromJar)).containsExactly("snakepit/__init__.py", "snakepit/sub/more.py");
  }

  @Test
  void otherContentGoesToAnotherPlace() throws Exception {
    Path first = PythonPackage.unpack(fromJar("v1"), directory.resolve("data"));
    Path second = PythonPackage.unpack(fromJar("v2"), directory.resolve("data"));

    assertThat(second).isNotEqualTo(first);
    assertThat(first.resolve("snakepit/__init__.py")).hasContent("v1");
    assertThat(second.resolve("snakepit/__init__.py")).hasContent("v2");
  }

  @Test
  void whatIsThereIsUsedAgainWithWhatAnInterpreterLeftInIt() throws Exception {
    URL source = fromJar("v1");
    Path library = PythonPackage.unpack(source, directory.resolve("data"));
    Path cache = Files.createDirectory(library.resolve("snakepit/__pycache__"));
    FileTime written = Files.getLastModifiedTime(library.resolve("snakepit/__init__.py"));

    assertThat(PythonPackage.unpack(source, directory.resolve("data"))).isEqualTo(library);
    assertThat(cache).exists();
    assertThat(Files.getLastModifiedTime(library.resolve("snakepit/__init__.py")))
        .isEqualTo(written);
  }

  @Test
  void whatWasDamagedIsMended() throws Exception {
    URL source = fromJar("v1");
    Path library = PythonPackage.unpack(source, directory.resolve("data"));
    Files.writeString(library.resolve("snakepit/__init__.py"), "evil");
    Files.delete(library.resolve("snakepit/sub/more.py"));
    Files.delete(library.resolve("snakepit/sub"));

    PythonPackage.unpack(source, directory.resolve("data"));

    assertThat(library.resolve("snakepit/__init__.py")).hasContent("v1");
    assertThat(files(library)).containsExactly("snakepit/__init__.py", "snakepit/sub/more.py");
  }

  @Test
  void placeThatIsTakenByAFileIsNamed() throws Exception {
    URL source = fromJar("v1");
    Path library = PythonPackage.unpack(source, directory.resolve("elsewhere"));
    Path lib = Files.createDirectories(directory.resolve("data/lib"));
    Path taken = Files.writeString(lib.resolve(library.getFileName()), "mine");

    assertThatThrownBy(() -> PythonPackage.unpack(source, directory.resolve("data")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(taken.toString());
    assertThat(taken).hasContent("mine");
    assertThat(lib).isDirectoryNotContaining("glob:**/.unpacking-*");
  }

  /** Repeats it often, since what one of them lists another may just be moving away. */
  @RepeatedTest(30)
  void hostsMayDoSoAtOnce() throws Exception {
    unpackBySixteenHosts();
    assertThat(directory.resolve("data/lib")).isDirectoryNotContaining("glob:**/.unpacking-*");
  }

  @RepeatedTest(5)
  void hostsMayRemoveTheSameUnfinishedOnesAtOnce() throws Exception {
    Path lib = Files.createDirectories(directory.resolve("data/lib"));
    for (int i = 0; i < 20; i++) {
      Path old = Files.createDirectories(lib.resolve(".unpacking-" + i + "/snakepit"));
      Files.writeString(old.resolve("half"), "");
      Files.setLastModifiedTime(old.getParent(), FileTime.from(Instant.now().minusSeconds(3600)));
    }
    unpackBySixteenHosts();
    PythonPackage.unpack(fromJar("v2"), directory.resolve("data"));
    assertThat(lib).isDirectoryNotContaining("glob:**/.unpacking-*");
  }

  private void unpackBySixteenHosts() throws Exception {
    URL source = fromJar("v1");
    ExecutorService hosts = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Path>> tasks = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        tasks.add(() -> PythonPackage.unpack(source, directory.resolve("data")));
      }
      for (Future<Path> done : hosts.invokeAll(tasks)) {
        assertThat(done.get().resolve("snakepit/__init__.py")).hasContent("v1");
      }
    } finally {
      hosts.shutdownNow();
    }
  }

  @Test
  void whatDeadHostLeftUnfinishedIsRemoved() throws Exception {
    Path lib = Files.createDirectories(directory.resolve("data/lib"));
    Path old = Files.createDirectory(lib.resolve(".unpacking-1"));
    Files.writeString(old.resolve("half"), "");
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minusSeconds(3600)));
    Path fresh = Files.createDirectory(lib.resolve(".unpacking-2"));

    PythonPackage.unpack(fromJar("v1"), directory.resolve("data"));

    assertThat(old).doesNotExist();
    assertThat(fresh).exists();
  }

  @Test
  void directoryThatCannotBeMadeIsNamed() throws Exception {
    Path file = Files.writeString(directory.resolve("data"), "");
    URL source = fromJar("v1");

    assertThatThrownBy(() -> PythonPackage.unpack(source, file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void placeThatNobodyCanReadFromIsNamed() throws Exception {
    URL nowhere = URI.create("http://127.0.0.1:1/" + ANCHOR).toURL();

    assertThatThrownBy(() -> PythonPackage.unpack(nowhere, directory))
        .isInstanceOf(IOException.class)
        .hasMessage("the Python package can't be read from " + nowhere);
  }

  private URL fromDirectory(String content) throws IOException {
    Path root = directory.resolve("with space");
    Path anchor = root.resolve(ANCHOR);
    Files.createDirectories(anchor.resolveSibling("sub"));
    Files.writeString(anchor, content);
    Files.writeString(anchor.resolveSibling("sub/more.py"), "more");
    Files.createDirectories(anchor.resolveSibling("__pycache__"));
    Files.writeString(anchor.resolveSibling("__pycache__/__init__.pyc"), "cached");
    return anchor.toUri().toURL();
  }

  private URL fromJar(String content) throws IOException {
    Path jar = directory.resolve(content + ".jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new ZipEntry("python/snakepit/"));
      put(out, ANCHOR, content);
      put(out, "python/snakepit/sub/more.py", "more");
      put(out, "python/snakepit/__pycache__/__init__.pyc", "cached");
      put(out, "python/other/not-ours.py", "");
    }
    return URI.create("jar:" + jar.toUri() + "!/" + ANCHOR).toURL();
  }

  private static void put(JarOutputStream out, String name, String content) throws IOException {
    out.putNextEntry(new ZipEntry(name));
    out.write(content.getBytes(StandardCharsets.UTF_8));
    out.closeEntry();
  }

  private static List<String> files(Path library) throws IOException {
    try (Stream<Path> tree = Files.walk(library)) {
      return tree.filter(Files::isRegularFile)
          .map(file -> library.relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
