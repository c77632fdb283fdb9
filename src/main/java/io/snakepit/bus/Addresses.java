package io.snakepit.bus;

import io.snakepit.api.Event;

/**
 * Table of all addresses of the event bus. A command is a verb or a noun one asks for, and is
 * answered; an event is past and published. A failed command answers with a {@link
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
   * Runs a call whose answer comes in pieces. From anyone; body as of {@link #EXECUTE} with {@code
   * "replyTo"}, an address of the sender's, reply {@code {"stream","control"}}, the latter being
   * {@link #streams}. At {@code replyTo} come {@code {"stream","seq","chunk"}}, {@code seq} from 1,
   * as many as there is credit for, and last {@code {"stream","end":{"worker","durationMs",
   * "chunks"}}} or {@code {"stream","error":{…}}}.
   */
  public static final String STREAM = "snakepit.stream";

  /**
   * Cancels a call that is queued or running. From anyone; body {@code {"call"}}, reply {@code
   * {"cancelled"}}: false where no such call is under way.
   */
  public static final String CANCEL = "snakepit.cancel";

  /**
   * Replaces a worker by a fresh one once its calls are over. From anyone; body {@code {"worker"}},
   * reply {@code {"worker","pool"}}. Fails with {@code WORKER_NOT_FOUND}.
   */
  public static final String RECYCLE = "snakepit.worker.recycle";

  /** Kills a worker now; it is replaced. Like {@link #RECYCLE}. */
  public static final String KILL = "snakepit.worker.kill";

  /**
   * Asks for the state of pools. Body {@code {}} or {@code {"pool"}}; the reply is an array of
   * pools, or one with {@code pool}. Fails with {@code POOL_NOT_FOUND}.
   */
  public static final String POOLS = "snakepit.pools";

  /**
   * Asks for the state of workers. Body {@code {}} or {@code {"pool"}}; the reply is an array.
   * Fails with {@code POOL_NOT_FOUND}.
   */
  public static final String WORKERS = "snakepit.workers";

  /**
   * Asks for the tools that can be called. Body {@code {}} or {@code {"pool"}}; the reply is an
   * array. Fails with {@code POOL_NOT_FOUND}.
   */
  public static final String TOOLS = "snakepit.tools";

  /**
   * Asks whether calls can be taken. Within this JVM; body {@code {}}, reply {@code
   * {"status":"UP"|"DOWN","checks":[{"id","status","reason"?}]}}.
   */
  public static final String HEALTH = "snakepit.health";

  /** Publishes {@code {"event","at","pool"?,"worker"?,...}}, one for each {@link Event}. */
  public static final String EVENTS = "snakepit.events";

  /**
   * Asks for the processes of this host. Within this JVM; body {@code {}}, the reply is an array of
   * {@code {"name","kind","pool","state","pid","startTicks","at"}}, the state being {@code
   * reserved} or {@code active}.
   */
  public static final String REGISTRY = "snakepit.registry";

  private Addresses() {}

  /**
   * Announces a process that is about to be made: it may be once this is answered. Within this JVM,
   * to the registry of that run; body {@code {"name","kind","pool"}}, the kind being a word of
   * {@link RecordKind}. Fails with {@code INTERNAL} if the disk is at fault.
   */
  public static String reserve(String run) {
    return REGISTRY + "." + run + ".reserve";
  }

  /**
   * Reports that an announced process exists. Like {@link #reserve}; body {@code
   * {"name","pid","startTicks"}}.
   */
  public static String activate(String run) {
    return REGISTRY + "." + run + ".activate";
  }

  /**
   * Reports that a process is gone, with all that it had made. Like {@link #reserve}; body {@code
   * {"name"}}.
   */
  public static String release(String run) {
    return REGISTRY + "." + run + ".release";
  }

  /**
   * Takes the orders of the consumers of a host's streams. From anyone; body {@code
   * {"stream","credit"}}: as many more chunks may be sent, or {@code {"stream","cancel":true}}. A
   * reply, if one is asked for, is {@code {"stream"}}. Fails with {@code NOT_FOUND} for a stream
   * that has ended.
   */
  public static String streams(String node) {
    return "snakepit.streams." + node;
  }

  /**
   * Runs a call on one pool, within this JVM. From the doors; to the pool's verticle. Body a {@link
   * io.snakepit.api.Call}, reply a {@link io.snakepit.api.Result}, both by reference.
   */
  public static String executeOn(String pool) {
    return "snakepit.pool." + pool + ".execute";
  }

  /**
   * Asks for the state of one pool, within this JVM. To the pool's verticle; body a {@link
   * Question}, reply JSON.
   */
  public static String inspect(String pool) {
    return "snakepit.pool." + pool + ".inspect";
  }

  /**
   * Asks for the heartbeats of one pool's workers, within this JVM. From the heartbeat's verticle;
   * to the pool's. Body a Boolean, whether to send each a ping after that look; reply {@link
   * Pulses}.
   */
  public static String beat(String pool) {
    return "snakepit.pool." + pool + ".beat";
  }

  /**
   * Reports that a worker counts as hung and is to be replaced, within this JVM. From the
   * heartbeat's verticle; to the pool's. Body {@code {"worker","reason"}}, sent: there is no reply.
   */
  public static String hung(String pool) {
    return "snakepit.pool." + pool + ".hung";
  }

  /**
   * Has a pool finish the calls it has and refuse new ones, until {@link #resume}. From anyone;
   * body {@code {}}, reply as of {@link #POOLS} with {@code pool}. Fails with {@code
   * POOL_UNAVAILABLE} where that is not possible now.
   */
  public static String drain(String pool) {
    return "snakepit.pool." + pool + ".drain";
  }

  /** Has a drained pool take calls again. Like {@link #drain}. */
  public static String resume(String pool) {
    return "snakepit.pool." + pool + ".resume";
  }

  /**
   * Changes the number of workers. Like {@link #drain}; body {@code {"size"}}, a number or {@code
   * {"min","max","idleMs"?}}. Fails with {@code INVALID_REQUEST}, too.
   */
  public static String resize(String pool) {
    return "snakepit.pool." + pool + ".resize";
  }

  /**
   * Replaces all workers by ones that import the adapter anew, each once its successor is ready.
   * Like {@link #drain}.
   */
  public static String roll(String pool) {
    return "snakepit.pool." + pool + ".roll";
  }

  /**
   * Cancels a call of one pool, within this JVM. Body the call's id, reply a Boolean: whether it
   * was under way.
   */
  public static String cancelOn(String pool) {
    return "snakepit.pool." + pool + ".cancel";
  }

  /**
   * Replaces or kills a worker of one pool, within this JVM. Body {@code {"worker","order"}}, the
   * order being {@code recycle} or {@code kill}; reply a Boolean: whether there is such a worker.
   */
  public static String orderOn(String pool) {
    return "snakepit.pool." + pool + ".order";
  }
}
