package com.example;

import io.snakepit.Snakepit;
import io.snakepit.api.Call;
import io.snakepit.config.SnakepitOptions;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** An application that has Python greet those who are named on its command line. */
public final class Greetings {
  private Greetings() {}

  /** Greets each name, then stops Python and Vert.x. */
  public static void main(String[] names) throws IOException {
    SnakepitOptions options = SnakepitOptions.load(Path.of("snakepit.yaml"));
    Vertx vertx = Vertx.builder().with(new VertxOptions().setPreferNativeTransport(true)).build();
    Snakepit snakepit = Snakepit.create(vertx, options);
    snakepit
        .start()
        .compose(started -> started.execute(Call.of("greet").with("names", List.of(names))))
        .onSuccess(result -> System.out.println(result.json()))
        .onFailure(error -> System.err.println(error.getMessage()))
        .eventually(snakepit::stop)
        .eventually(vertx::close);
  }
}
