package io.snakepit.it;

import io.snakepit.api.SnakepitException;

/** A {@link PlainMember} with our classes, which reads failures by them and registers nothing. */
public final class MemberWithJar {
  private MemberWithJar() {}

  /** Joins the cluster and sends, like {@link PlainMember#main}. */
  public static void main(String[] args) throws Exception {
    PlainMember.run(args, "test.jar", failure -> SnakepitException.from(failure).toJson());
  }
}
