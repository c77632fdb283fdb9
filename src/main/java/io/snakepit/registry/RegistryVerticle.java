package io.snakepit.registry;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.Event;
import io.snakepit.api.SnakepitException;
import io.snakepit.bus.Addresses;
import io.snakepit.bus.EventPublisher;
import io.snakepit.bus.RecordKind;
import io.snakepit.process.ProcessTable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The verticle that keeps the records of this run's processes, and before anything else ends what
 * earlier runs have left. Listens at the registry's {@link Addresses}.
 *
 * <p>Reads and writes files, so it is to be deployed with {@link #DEPLOYMENT}: on worker threads,
 * one message at a time. It holds nothing that is not in the files: one that is deployed anew goes
 * on where another has stopped.
 */
public final class RegistryVerticle extends VerticleBase {
  /** The options with which it must be deployed. */
  public static final DeploymentOptions DEPLOYMENT =
      new DeploymentOptions().setThreadingModel(ThreadingModel.WORKER);

  private static final Logger LOG = LoggerFactory.getLogger(RegistryVerticle.class);

  private final Path dataDir;
  private final RunDirectory directory;
  private final ProcessRecords records;

  /** A command that may fail for want of room or rights on the disk. */
  private interface Command {
    Object run(JsonObject body) throws IOException;
  }

  public RegistryVerticle(Path dataDir, RunDirectory directory) {
    this.dataDir = dataDir;
    this.directory = directory;
    this.records =
        new ProcessRecords(directory.records(), directory.identity(), ProcessTable.system());
  }

  @Override
  public Future<?> start() throws IOException {
    new DeadRuns(dataDir, directory.identity().instance(), ProcessTable.system(), announcer())
        .sweep();
    String run = directory.identity().run();
    listen(Addresses.reserve(run), this::reserve);
    listen(Addresses.activate(run), this::activate);
    listen(Addresses.release(run), this::release);
    listen(Addresses.REGISTRY, this::list);
    return Future.succeededFuture();
  }

  private DeadRuns.OrphanListener announcer() {
    return new DeadRuns.OrphanListener() {
      @Override
      public void found(DeadRuns.Orphan orphan) {
        announce(Event.REGISTRY_ORPHAN_FOUND, orphan);
      }

      @Override
      public void killed(DeadRuns.Orphan orphan) {
        announce(Event.REGISTRY_ORPHAN_KILLED, orphan);
      }
    };
  }

  private void announce(Event event, DeadRuns.Orphan orphan) {
    JsonObject more = new JsonObject().put("pid", orphan.pid()).put("run", orphan.run());
    new EventPublisher(vertx.eventBus(), orphan.pool()).publish(event, orphan.worker(), more);
  }

  private void listen(String address, Command command) {
    vertx.eventBus().<JsonObject>localConsumer(address, message -> answer(message, command));
  }

  private void answer(Message<JsonObject> message, Command command) {
    try {
      message.reply(command.run(message.body()));
    } catch (IOException e) {
      LOG.error("dataDir {} can't be written: {}", dataDir, e.toString());
      String why = "dataDir %s can't be written: %s".formatted(dataDir, e);
      message.reply(new SnakepitException(ErrorCode.INTERNAL, why));
    } catch (IllegalArgumentException | ClassCastException e) {
      message.reply(
          new SnakepitException(ErrorCode.INVALID_REQUEST, String.valueOf(e.getMessage())));
    }
  }

  private Object reserve(JsonObject body) throws IOException {
    RecordKind kind = RecordKind.named(text(body, "kind"));
    records.reserve(text(body, "name"), kind, text(body, "pool"), Instant.now());
    return new JsonObject();
  }

  private Object activate(JsonObject body) throws IOException {
    records.activate(text(body, "name"), body.getLong("pid", 0L), body.getLong("startTicks", 0L));
    return new JsonObject();
  }

  private Object release(JsonObject body) throws IOException {
    records.release(text(body, "name"));
    return new JsonObject();
  }

  private Object list(JsonObject body) throws IOException {
    JsonArray all = new JsonArray();
    for (ProcessRecord each : records.all()) {
      all.add(
          new JsonObject()
              .put("name", each.name())
              .put("kind", each.kind().word())
              .put("pool", each.pool())
              .put("state", each.state())
              .put("pid", each.pid())
              .put("startTicks", each.startTicks())
              .put("at", each.at().toString()));
    }
    return all;
  }

  /** Reads a text, which may become a file's name: it must not lead anywhere else. */
  private static String text(JsonObject body, String key) {
    String value = body.getString(key);
    if (value == null || !value.matches("[A-Za-z0-9][A-Za-z0-9._@-]{0,255}")) {
      throw new IllegalArgumentException("%s must be a name: got %s".formatted(key, value));
    }
    return value;
  }
}
