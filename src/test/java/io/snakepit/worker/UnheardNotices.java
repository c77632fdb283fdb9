package io.snakepit.worker;

import java.util.List;

/** A listener that nobody asks what it has heard. */
final class UnheardNotices implements NurseryListener {
  @Override
  public void spawnFallback(List<String> reasons) {}

  @Override
  public void forkNotice(List<String> notices) {}
}
