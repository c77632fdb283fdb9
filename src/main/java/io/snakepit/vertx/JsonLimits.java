package io.snakepit.vertx;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.vertx.core.json.jackson.DatabindCodec;

/**
 * Limits of the JSON that Vert.x itself reads in this JVM: messages that other members of a cluster
 * have sent. Any thread may call it.
 */
public final class JsonLimits {
  private static final String PROPERTY = "vertx.jackson.defaultReadMax";

  private JsonLimits() {}

  /**
   * Has Vert.x read numbers, texts and names as long as these, where it would take less by default.
   * A limit that a system property {@code vertx.jackson.defaultReadMax…} sets stays as it is.
   */
  public static synchronized void widen(int digits, int characters) {
    JsonFactory factory = DatabindCodec.mapper().getFactory();
    StreamReadConstraints now = factory.streamReadConstraints();
    factory.setStreamReadConstraints(
        now.rebuild()
            .maxNumberLength(wider("NumberLength", now.getMaxNumberLength(), digits))
            .maxStringLength(wider("StringLength", now.getMaxStringLength(), characters))
            .maxNameLength(wider("NameLength", now.getMaxNameLength(), characters))
            .build());
  }

  private static int wider(String name, int now, int wanted) {
    return System.getProperty(PROPERTY + name) == null ? Math.max(now, wanted) : now;
  }
}
