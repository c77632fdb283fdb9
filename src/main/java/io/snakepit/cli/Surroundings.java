package io.snakepit.cli;

import io.snakepit.diagnostics.Machine;

/**
 * What commands act on, besides their terminal.
 *
 * @param servers makes what {@code serve} runs
 * @param pools makes what {@code diagnose} measures
 */
record Surroundings(
    Server.Factory servers,
    TrialPools.Factory pools,
    Machine machine,
    StopSignals signals,
    Ticker ticker) {

  /** Those of this process. */
  static Surroundings ofProcess() {
    return new Surroundings(
        SnakepitServer::new,
        EmbeddedTrials::new,
        Machine.local(),
        new ProcessSignals(),
        Ticker.SYSTEM);
  }

  Surroundings withServers(Server.Factory otherServers) {
    return new Surroundings(otherServers, pools, machine, signals, ticker);
  }

  Surroundings withPools(TrialPools.Factory otherPools, Machine otherMachine) {
    return new Surroundings(servers, otherPools, otherMachine, signals, ticker);
  }

  Surroundings withSignals(StopSignals otherSignals) {
    return new Surroundings(servers, pools, machine, otherSignals, ticker);
  }

  Surroundings withTicker(Ticker otherTicker) {
    return new Surroundings(servers, pools, machine, signals, otherTicker);
  }
}
