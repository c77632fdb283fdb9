package io.snakepit.bus;

import io.snakepit.api.Call;
import io.snakepit.api.Result;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.MessageCodec;

/**
 * Codecs of our types on the event bus, by reference within a JVM. Nothing of ours leaves it: what
 * other members of a cluster send and get is of types that Vert.x itself writes and reads, since
 * they need not have our classes. An error is a {@link io.snakepit.api.SnakepitException} within a
 * JVM, for which Vert.x needs no codec, and a plain failure beyond.
 */
public final class Codecs {

  private Codecs() {}

  /** Registers all codecs. Registering again on the same bus does nothing. */
  public static void register(EventBus bus) {
    registerOnce(bus, Call.class, new ByReference<>("snakepit.call"));
    registerOnce(bus, Result.class, new ByReference<>("snakepit.result"));
    registerOnce(bus, Pulses.class, new ByReference<>("snakepit.pulses"));
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
}
