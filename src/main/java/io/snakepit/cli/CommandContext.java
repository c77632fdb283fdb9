package io.snakepit.cli;

import io.snakepit.diagnostics.Machine;

/**
 * Context of commands: all that they act on besides their terminal.
 *
 * @param servers makes what {@code serve} runs
 * @param pools makes what {@code diagnose} measures
 */
record CommandContext(
    Server.Factory servers,
    TrialPools.Factory pools,
    Machine machine,
    StopSignals signals,
    Ticker ticker) {

  /** Returns the context of this process. */
  static CommandContext ofProcess() {
    return new CommandContext(
        SnakepitServer::new,
        EmbeddedTrials::new,
        Machine.local(),
        new ProcessSignals(),
        Ticker.SYSTEM);
  }

  CommandContext withServers(Server.Factory otherServers) {
    return new CommandContext(otherServers, pools, machine, signals, ticker);
  }

  CommandContext withPools(TrialPools.Factory otherPools, Machine otherMachine) {
    return new CommandContext(servers, otherPools, otherMachine, signals, ticker);
  }

  CommandContext withSignals(StopSignals otherSignals) {
    return new CommandContext(servers, pools, machine, otherSignals, ticker);
  }

  CommandContext withTicker(Ticker otherTicker) {
    return new CommandContext(servers, pools, machine, signals, otherTicker);
  }
}
