package io.snakepit.process;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/**
 * The files of a package that the class path carries, found from one of them: in a directory, or in
 * a jar, however the jar itself is packed.
 */
final class PackageFiles {
  private PackageFiles() {}

  /**
   * Reads all files of a package.
   *
   * @param anchor a file in the package's own directory
   * @return contents by path within the package, such as {@code v1/__init__.py}
   */
  static SortedMap<String, byte[]> read(URL anchor) throws IOException {
    URLConnection connection = anchor.openConnection();
    if (connection instanceof JarURLConnection jar) {
      return readJar(jar);
    }
    if (!anchor.getProtocol().equals("file")) {
      throw new IOException("the Python package can't be read from " + anchor);
    }
    Path file = Path.of(URI.create(anchor.toString()));
    return readDirectory(file.resolveSibling(""));
  }

  /** Returns a short name for the content: equal content, equal name. */
  static String fingerprint(Map<String, byte[]> files) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      files.forEach(
          (name, content) -> {
            digest.update(
                "%s\0%d\0".formatted(name, content.length).getBytes(StandardCharsets.UTF_8));
            digest.update(content);
          });
      return HexFormat.of().formatHex(digest.digest(), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static SortedMap<String, byte[]> readDirectory(Path directory) throws IOException {
    SortedMap<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> tree = Files.walk(directory)) {
      for (Iterator<Path> each = tree.iterator(); each.hasNext(); ) {
        Path file = each.next();
        String name = directory.relativize(file).toString().replace('\\', '/');
        if (Files.isRegularFile(file) && belongs(name)) {
          files.put(name, Files.readAllBytes(file));
        }
      }
    }
    return files;
  }

  private static SortedMap<String, byte[]> readJar(JarURLConnection connection) throws IOException {
    connection.setUseCaches(false);
    String entry = connection.getEntryName();
    String prefix = entry.substring(0, entry.lastIndexOf('/') + 1);
    SortedMap<String, byte[]> files = new TreeMap<>();
    try (JarFile jar = connection.getJarFile()) {
      for (Iterator<JarEntry> each = jar.entries().asIterator(); each.hasNext(); ) {
        JarEntry file = each.next();
        String name = file.getName();
        if (!file.isDirectory() && name.startsWith(prefix) && belongs(name)) {
          try (InputStream content = jar.getInputStream(file)) {
            files.put(name.substring(prefix.length()), content.readAllBytes());
          }
        }
      }
    }
    return files;
  }

  /**
   * Returns whether a file belongs to the package, rather than being left there by an interpreter.
   */
  private static boolean belongs(String name) {
    return !name.contains("__pycache__/");
  }
}
