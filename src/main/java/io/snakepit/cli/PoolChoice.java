package io.snakepit.cli;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.List;
import picocli.CommandLine.Option;

/** Option that names a pool of the running server which a command speaks to. */
final class PoolChoice {
  private static final String DEFAULT = "default";
  private static final int OK = 200;

  @Option(
      names = "--pool",
      paramLabel = "POOL",
      description = "The pool; else default, else the only one.")
  String name = "";

  /** Returns the pool to ask first: the named one, else {@code default}. */
  String first() {
    return name.isEmpty() ? DEFAULT : name;
  }

  /** Returns whether none is named, so that a server without {@link #first} may mean another. */
  boolean isOpen() {
    return name.isEmpty();
  }

  /** Returns the pool that is meant, having asked the server if none is named. */
  String of(RemoteServer server) {
    boolean another = isOpen() && Problem.isPoolNotFound(server.get("/v1/pools/" + DEFAULT));
    return another ? only(server) : first();
  }

  /** Returns the only pool of a server; fails if it has several. */
  static String only(RemoteServer server) {
    HttpResponse<byte[]> answer = server.get("/v1/pools");
    if (answer.statusCode() != OK) {
      throw CommandFailure.failed("name the pool with --pool: " + Problem.of(answer).detail());
    }
    List<String> names =
        new JsonArray(Buffer.buffer(answer.body()))
            .stream().map(pool -> ((JsonObject) pool).getString("pool")).toList();
    if (names.size() != 1) {
      throw CommandFailure.usage("name the pool with --pool: " + String.join(", ", names));
    }
    return names.get(0);
  }
}
