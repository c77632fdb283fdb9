package io.snakepit.config;

import java.util.List;

/**
 * Options of the cluster that hosts form.
 *
 * @param node this member's name; empty: made up
 * @param eventBusPort 0 takes a free one
 * @param members addresses such as {@code 127.0.0.1:5702}
 * @param quorum members needed for session writes; 0: more than half of {@code members}
 */
public record ClusterOptions(
    boolean enabled,
    String node,
    String host,
    int port,
    int eventBusPort,
    List<String> members,
    int quorum,
    String configFile,
    int backups,
    boolean spillover) {
  public ClusterOptions {
    members = List.copyOf(members);
  }
}
