package io.snakepit.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Options have the values of a sound configuration. */
class SnakepitOptionsTest {

  @Test
  void everySectionReachesItsOptions() {
    SnakepitOptions options =
        Typed.options(
            """
            instance: blue
            dataDir: /var/lib/pit
            http: {enabled: false, host: h, port: 1, maxBodyBytes: 2, maxUploadBytes: 3,
              maxBufferedBytes: 30, idleTimeoutMs: 31, apiKeys: [k],
              allowedHosts: ["a:1"], cors: {allowedOrigins: ["http://b"]}}
            grpc: {enabled: false, host: g, port: 4, maxMessageBytes: 5}
            sessions: {ttlMs: 6, max: 7, maxKeys: 8, maxValueBytes: 9}
            cluster: {enabled: true, node: n, host: c, port: 10, eventBusPort: 11,
              members: ["m:12"], quorum: 13, configFile: f, backups: 2, spillover: false}
            """);

    assertThat(options.instance()).isEqualTo("blue");
    assertThat(options.dataDir()).isEqualTo(Path.of("/var/lib/pit"));
    assertThat(options.http())
        .returns(false, HttpOptions::enabled)
        .returns("h", HttpOptions::host)
        .returns(1, HttpOptions::port)
        .returns(2L, HttpOptions::maxBodyBytes)
        .returns(3L, HttpOptions::maxUploadBytes)
        .returns(30L, HttpOptions::maxBufferedBytes)
        .returns(31L, HttpOptions::idleTimeoutMs)
        .returns(List.of("k"), HttpOptions::apiKeys)
        .returns(List.of("a:1"), HttpOptions::allowedHosts)
        .returns(new HttpOptions.Cors(List.of("http://b")), HttpOptions::cors);
    assertThat(HttpOptions.class.getRecordComponents()).hasSize(10);
    assertThat(options.grpc()).isEqualTo(new GrpcOptions(false, "g", 4, 5));
    assertThat(options.sessions()).isEqualTo(new SessionOptions(6, 7, 8, 9));
    assertThat(options.cluster())
        .returns(true, ClusterOptions::enabled)
        .returns("n", ClusterOptions::node)
        .returns("c", ClusterOptions::host)
        .returns(10, ClusterOptions::port)
        .returns(11, ClusterOptions::eventBusPort)
        .returns(List.of("m:12"), ClusterOptions::members)
        .returns(13, ClusterOptions::quorum)
        .returns("f", ClusterOptions::configFile)
        .returns(2, ClusterOptions::backups)
        .returns(false, ClusterOptions::spillover);
    assertThat(ClusterOptions.class.getRecordComponents()).hasSize(10);
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
                 maxQueue: 5, maxQueueBytes: 55, queueTimeoutMs: 6, executeTimeoutMs: 7, cancelGraceMs: 8,
                 afterInterrupt: replace, threadsPerWorker: 25,
                 startup: {timeoutMs: 9, batch: 10, batchDelayMs: 11},
                 shutdown: {drainMs: 12, termGraceMs: 13},
                 recycle: {maxRequests: 14, maxAgeMs: 15, maxMemoryBytes: 16, maxErrorRate: 0.5,
                   jitter: 1},
                 restart: {backoffMs: [17], maxCrashes: 18, windowMs: 19},
                 heartbeat: {enabled: false, intervalMs: 20, timeoutMs: 21, maxMissed: 22,
                   silenceMs: 23, dependent: false},
                 watchdog: {enabled: true, intervalMs: 124, graceMs: 25},
                 stream: {windowChunks: 26, windowBytes: 27, idleTimeoutMs: 28, headAfterMs: 29},
                 retry: {maxAttempts: 29}, limits: {memoryBytes: 30, cpus: 1.5},
                 required: false, onUnserializable: marker}
            """);

    assertThat(pool)
        .returns("a.b:C", PoolOptions::adapter)
        .returns("py", PoolOptions::python)
        .returns(List.of("p"), PoolOptions::pythonPath)
        .returns(Map.of("E", "e"), PoolOptions::env)
        .returns(new PoolOptions.PoolSize(1, 2, 3), PoolOptions::size)
        .returns(PoolOptions.Profile.ASYNC, PoolOptions::profile)
        .returns(4, PoolOptions::concurrency)
        .returns(PoolOptions.StartMethod.SPAWN, PoolOptions::startMethod)
        .returns(List.of("m"), PoolOptions::preload)
        .returns(PoolOptions.Transport.GRPC, PoolOptions::transport)
        .returns(PoolOptions.Affinity.STRICT_FAIL_FAST, PoolOptions::affinity)
        .returns(5, PoolOptions::maxQueue)
        .returns(55L, PoolOptions::maxQueueBytes)
        .returns(6L, PoolOptions::queueTimeoutMs)
        .returns(7L, PoolOptions::executeTimeoutMs)
        .returns(8L, PoolOptions::cancelGraceMs)
        .returns(PoolOptions.AfterInterrupt.REPLACE, PoolOptions::afterInterrupt)
        .returns(new PoolOptions.WorkerThreads(25), PoolOptions::threadsPerWorker)
        .returns(new PoolOptions.Startup(9, 10, 11), PoolOptions::startup)
        .returns(new PoolOptions.Shutdown(12, 13), PoolOptions::shutdown)
        .returns(new PoolOptions.Recycle(14, 15, 16, 0.5, 1), PoolOptions::recycle)
        .returns(new PoolOptions.Restart(List.of(17L), 18, 19), PoolOptions::restart)
        .returns(new PoolOptions.Heartbeat(false, 20, 21, 22, 23, false), PoolOptions::heartbeat)
        .returns(new PoolOptions.Watchdog(true, 124, 25), PoolOptions::watchdog)
        .returns(new PoolOptions.Stream(26, 27, 28, 29), PoolOptions::stream)
        .returns(new PoolOptions.Retry(29), PoolOptions::retry)
        .returns(new PoolOptions.ResourceLimits(30, 1.5), PoolOptions::limits)
        .returns(false, PoolOptions::required)
        .returns(PoolOptions.OnUnserializable.MARKER, PoolOptions::onUnserializable);
    assertThat(PoolOptions.class.getRecordComponents()).hasSize(29);
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
  void aPathIsTakenAsItStands() {
    assertThat(Typed.options("dataDir: 'file:///a b'").dataDir()).isEqualTo(Path.of("file:///a b"));
    assertThat(Typed.options("dataDir: ' a '").dataDir()).isEqualTo(Path.of(" a "));
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
