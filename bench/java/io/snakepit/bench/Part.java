package io.snakepit.bench;

/** The measurements of a run, in their order. */
enum Part {
  CALLS("calls", "the floor, and echo by every way in"),
  STREAMS("streams", "small chunks, a slow consumer, a cancel, an upload"),
  LARGE("large", "1 MB and 64 MiB there and back through HTTP"),
  STARTS("starts", "workers from nothing to ready, by both start methods"),
  RECOVERY("recovery", "a worker's kill -9 until its place is filled"),
  HANG("hang", "a worker's stop until it counts as hung"),
  PRESSURE("pressure", "long queues, cancels, batches, a crash storm"),
  IDLE("idle", "CPU of a host whose many workers have nothing to do"),
  MEMORY("memory", "what an idle worker and a host hold"),
  HOST_KILL("host-kill", "the host's kill -9 until nothing is left"),
  HARDENING("hardening", "hostile clients, and what others notice of them"),
  SERVE("serve", "./snakepit serve until it is ready"),
  PEERS("peers", "other ways to call Python: grpcio, Ray");

  private final String key;
  private final String description;

  /** Measures one part and writes down what it found. */
  interface Measurement {
    void run(Bed bed, Results results);
  }

  Part(String key, String description) {
    this.key = key;
    this.description = description;
  }

  /** Returns the name on the command line. */
  String key() {
    return key;
  }

  String description() {
    return description;
  }

  void run(Bed bed, Results results) {
    measurement().run(bed, results);
  }

  private Measurement measurement() {
    return switch (this) {
      case CALLS -> new CallsPart();
      case STREAMS -> new StreamsPart();
      case LARGE -> new LargePart();
      case STARTS -> new StartsPart();
      case RECOVERY -> new RecoveryPart();
      case HANG -> new HangPart();
      case PRESSURE -> new PressurePart();
      case IDLE -> new IdlePart();
      case MEMORY -> new MemoryPart();
      case HOST_KILL -> new HostKillPart();
      case HARDENING -> new HardeningPart();
      case SERVE -> new ServePart();
      case PEERS -> new PeersPart();
    };
  }
}
