package io.snakepit.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a sound configuration becomes. */
class SnakepitOptionsTest {

  @Test
  void everySectionReachesItsOptions() {
    SnakepitOptions options =
        Typed.options(
            """
            instance: blue
            dataDir: /var/lib/pit
            http: {enabled: false, host: h, port: 1, maxBodyBytes: 2, maxUploadBytes: 3, apiKeys: [k]}
            grpc: {enabled: false, host: g, port: 4, maxMessageBytes: 5}
            sessions: {ttlMs: 6, max: 7, maxKeys: 8, maxValueBytes: 9}
            cluster: {enabled: true, node: n, host: c, port: 10, eventBusPort: 11,
              members: ["m:12"], quorum: 13, configFile: f, backups: 2, spillover: false}
            """);

    assertThat(options.instance()).isEqualTo("blue");
    assertThat(options.dataDir()).isEqualTo(Path.of("/var/lib/pit"));
    assertThat(options.http()).isEqualTo(new HttpOptions(false, "h", 1, 2, 3, List.of("k")));
    assertThat(options.grpc()).isEqualTo(new GrpcOptions(false, "g", 4, 5));
    assertThat(options.sessions()).isEqualTo(new SessionOptions(6, 7, 8, 9));
    assertThat(options.cluster())
        .isEqualTo(new ClusterOptions(true, "n", "c", 10, 11, List.of("m:12"), 13, "f", 2, false));
  }

  @Test
  void everyKeyOfAPoolReachesItsOptions() {
    PoolOptions pool =
        Typed.pool(
            "ml",
            """
            pools:
              ml:
                {adapter: a.b:C, python: py, pythonPath: [p], env: {E: e},
                 size: {min: 1, max: 2, idleMs: 3}, profile: async, concurrency: 4,
                 startMethod: spawn, preload: [m], transport: grpc, affinity: strict_fail_fast,
                 maxQueue: 5, queueTimeoutMs: 6, executeTimeoutMs: 7, cancelGraceMs: 8,
                 startup: {timeoutMs: 9, batch: 10, batchDelayMs: 11},
                 shutdown: {drainMs: 12, termGraceMs: 13},
                 recycle: {maxRequests: 14, maxAgeMs: 15, maxMemoryBytes: 16, maxErrorRate: 0.5,
                   jitter: 1},
                 restart: {backoffMs: [17], maxCrashes: 18, windowMs: 19},
                 heartbeat: {enabled: false, intervalMs: 20, timeoutMs: 21, maxMissed: 22,
                   silenceMs: 23, dependent: false},
                 watchdog: {enabled: true, intervalMs: 124, graceMs: 25},
                 stream: {windowChunks: 26, windowBytes: 27, idleTimeoutMs: 28},
                 retry: {maxAttempts: 29}, limits: {memoryBytes: 30, cpus: 1.5},
                 required: false, onUnserializable: marker}
            """);

    assertThat(pool)
        .isEqualTo(
            new PoolOptions(
                "a.b:C",
                "py",
                List.of("p"),
                Map.of("E", "e"),
                new PoolOptions.PoolSize(1, 2, 3),
                PoolOptions.Profile.ASYNC,
                4,
                PoolOptions.StartMethod.SPAWN,
                List.of("m"),
                PoolOptions.Transport.GRPC,
                PoolOptions.Affinity.STRICT_FAIL_FAST,
                5,
                6,
                7,
                8,
                new PoolOptions.Startup(9, 10, 11),
                new PoolOptions.Shutdown(12, 13),
                new PoolOptions.Recycle(14, 15, 16, 0.5, 1),
                new PoolOptions.Restart(List.of(17L), 18, 19),
                new PoolOptions.Heartbeat(false, 20, 21, 22, 23, false),
                new PoolOptions.Watchdog(true, 124, 25),
                new PoolOptions.Stream(26, 27, 28),
                new PoolOptions.Retry(29),
                new PoolOptions.ResourceLimits(30, 1.5),
                false,
                PoolOptions.OnUnserializable.MARKER));
  }

  @Test
  void anEmbedderMayGiveJsonInPlaceOfAFile() {
    JsonObject json =
        new JsonObject()
            .put("http", new JsonObject().put("enabled", false).put("apiKeys", new JsonArray()))
            .put("pools", new JsonObject().put("ml", poolJson()));

    SnakepitOptions options = SnakepitOptions.fromJson(json);

    assertThat(options.http().enabled()).isFalse();
    PoolOptions pool = options.pools().values().iterator().next();
    assertThat(pool.env()).containsEntry("URL", "http://x/?a=\"é\"#\n\t");
    assertThat(pool.recycle().jitter()).isEqualTo(1.0E-4);
  }

  private static JsonObject poolJson() {
    return new JsonObject()
        .put("env", new JsonObject().put("URL", "http://x/?a=\"é\"#\n\t"))
        .put("recycle", new JsonObject().put("jitter", 1.0E-4));
  }

  @Test
  void aFaultInGivenJsonTellsNoPlace() {
    JsonObject json = new JsonObject().put("http", new JsonObject().put("port", -1));

    assertThatThrownBy(() -> SnakepitOptions.fromJson(json))
        .isInstanceOf(InvalidOptionsException.class)
        .hasMessage("http.port must be a whole number between 0 and 65535: got -1");
  }

  @Test
  void optionsCannotBeChangedThroughWhatTheyReturn() {
    SnakepitOptions options = SnakepitOptions.defaults();

    assertThat(options.pools()).isUnmodifiable();
    assertThat(options.http().apiKeys()).isUnmodifiable();
  }
}
