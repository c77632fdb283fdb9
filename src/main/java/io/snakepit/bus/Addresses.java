package io.snakepit.bus;

/**
 * Every address of the event bus. A command is a verb or a noun one asks for, and is answered; an
 * event is past and published. A failed command answers with a {@link
 * io.snakepit.api.SnakepitException}.
 */
public final class Addresses {

  /**
   * Runs a call. From anyone; to the default pool's context. Body and reply are JSON: {@code
   * {"tool","args"?,"pool"?,"session"?,"timeoutMs"?,"idempotent"?,"call"?}} and {@code
   * {"result","worker","durationMs"}}. Fails with any code that a call can have. Send it with a
   * {@code sendTimeout} of at least {@code timeoutMs} + 1000.
   */
  public static final String EXECUTE = "snakepit.execute";

  /**
   * What the pools are doing. Body {@code {}} or {@code {"pool"}}; the reply is an array of pools,
   * or one with {@code pool}. Fails with {@code POOL_NOT_FOUND}.
   */
  public static final String POOLS = "snakepit.pools";

  /**
   * What the workers are doing. Body {@code {}} or {@code {"pool"}}; the reply is an array. Fails
   * with {@code POOL_NOT_FOUND}.
   */
  public static final String WORKERS = "snakepit.workers";

  /**
   * What can be called. Body {@code {}} or {@code {"pool"}}; the reply is an array. Fails with
   * {@code POOL_NOT_FOUND}.
   */
  public static final String TOOLS = "snakepit.tools";

  /**
   * Whether calls can be taken. Within this JVM; body {@code {}}, reply {@code
   * {"status":"UP"|"DOWN","checks":[{"id","status","reason"?}]}}.
   */
  public static final String HEALTH = "snakepit.health";

  /** Published: {@code {"event","at","pool"?,"worker"?,...}}, one for each {@link Event}. */
  public static final String EVENTS = "snakepit.events";

  /**
   * Which processes this host has. Within this JVM; body {@code {}}, the reply is an array of
   * {@code {"name","kind","pool","state","pid","startTicks","at"}}, the state being {@code
   * reserved} or {@code active}.
   */
  public static final String REGISTRY = "snakepit.registry";

  private Addresses() {}

  /**
   * A process of that name is about to be made: it may be once this is answered. Within this JVM,
   * to the registry of that run; body {@code {"name","kind","pool"}}, the kind being a word of
   * {@link RecordKind}. Fails with {@code INTERNAL} if the disk is at fault.
   */
  public static String reserve(String run) {
    return REGISTRY + "." + run + ".reserve";
  }

  /** It exists. Like {@link #reserve}; body {@code {"name","pid","startTicks"}}. */
  public static String activate(String run) {
    return REGISTRY + "." + run + ".activate";
  }

  /** It is gone, with all it had made. Like {@link #reserve}; body {@code {"name"}}. */
  public static String release(String run) {
    return REGISTRY + "." + run + ".release";
  }

  /**
   * Runs a call on one pool, within this JVM. From the doors; to the pool's verticle. Body a {@link
   * io.snakepit.api.Call}, reply a {@link io.snakepit.api.Result}, both by reference.
   */
  public static String executeOn(String pool) {
    return "snakepit.pool." + pool + ".execute";
  }

  /**
   * What one pool is doing, within this JVM. To the pool's verticle; body a {@link Question}, reply
   * JSON.
   */
  public static String inspect(String pool) {
    return "snakepit.pool." + pool + ".inspect";
  }

  /**
   * How the hearts of one pool's workers beat, within this JVM. From the heartbeat's verticle; to
   * the pool's. Body a Boolean, whether to send each a ping after that look; reply {@link Pulses}.
   */
  public static String beat(String pool) {
    return "snakepit.pool." + pool + ".beat";
  }

  /**
   * A worker counts as hung and is to be replaced, within this JVM. From the heartbeat's verticle;
   * to the pool's. Body {@code {"worker","reason"}}, sent: there is no reply.
   */
  public static String hung(String pool) {
    return "snakepit.pool." + pool + ".hung";
  }
}
