package io.snakepit.bus;

import io.snakepit.api.Call;
import io.snakepit.api.Result;
import io.snakepit.api.SnakepitException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.MessageCodec;
import io.vertx.core.json.JsonObject;

/** Codecs of our types on the event bus: by reference within a JVM; errors also between JVMs. */
public final class Codecs {

  private Codecs() {}

  /** Registers all codecs. Registering again on the same bus does nothing. */
  public static void register(EventBus bus) {
    registerOnce(bus, Call.class, new ByReference<>("snakepit.call"));
    registerOnce(bus, Result.class, new ByReference<>("snakepit.result"));
    registerOnce(bus, Pulses.class, new ByReference<>("snakepit.pulses"));
    registerOnce(bus, SnakepitException.class, new ErrorCodec());
  }

  private static <T> void registerOnce(EventBus bus, Class<T> type, MessageCodec<T, T> codec) {
    try {
      bus.registerDefaultCodec(type, codec);
    } catch (IllegalStateException alreadyRegistered) {
      // Several instances may share one Vert.x: the codec that is there does the same.
    }
  }

  /**
   * A codec that hands an immutable object over as it is. Its addresses are consumed locally alone.
   */
  private record ByReference<T>(String name) implements MessageCodec<T, T> {

    @Override
    public void encodeToWire(Buffer buffer, T body) {
      throw new IllegalStateException(name + " is for addresses of one JVM");
    }

    @Override
    public T decodeFromWire(int position, Buffer buffer) {
      throw new IllegalStateException(name + " is for addresses of one JVM");
    }

    @Override
    public T transform(T body) {
      return body;
    }

    @Override
    public byte systemCodecID() {
      return -1;
    }
  }

  /**
   * A codec that carries an error as JSON between JVMs, so that code and Python details survive the
   * hop.
   */
  private static final class ErrorCodec
      implements MessageCodec<SnakepitException, SnakepitException> {

    @Override
    public void encodeToWire(Buffer buffer, SnakepitException error) {
      Buffer json = error.toJson().toBuffer();
      buffer.appendInt(json.length()).appendBuffer(json);
    }

    @Override
    public SnakepitException decodeFromWire(int position, Buffer buffer) {
      int start = position + Integer.BYTES;
      int length = buffer.getInt(position);
      return SnakepitException.fromJson(new JsonObject(buffer.getBuffer(start, start + length)));
    }

    @Override
    public SnakepitException transform(SnakepitException error) {
      return error;
    }

    @Override
    public String name() {
      return "snakepit.error";
    }

    @Override
    public byte systemCodecID() {
      return -1;
    }
  }
}
