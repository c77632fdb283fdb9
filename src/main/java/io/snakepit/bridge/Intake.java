package io.snakepit.bridge;

/** Ways to go on with a large body of a worker's, of which no more than the header has come. */
public enum Intake {
  /** Read it, since there is room. */
  READ,
  /**
   * Leave it where it is, and with it all that the worker sends behind it, until {@link
   * WorkerLink#readOn}.
   */
  WAIT,
  /** Read it and drop it: nobody wants it any more. Its message comes with an empty body. */
  DROP
}
