package io.snakepit.cli;

import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.util.function.IntSupplier;

/**
 * Signals of this process, which the JVM turns into shutdown hooks.
 *
 * <p>The hook halts the JVM when it has drained: else the exit code would be 130 or 143, as if
 * nothing had been put in order. While a hook runs, the JVM heeds no further signal; so the first
 * thing that it does is to give Ctrl-C its default back, which is the end at once. The workers' own
 * lifelines then see to it that nothing is left.
 */
final class ProcessSignals implements StopSignals {
  private static final int SIGINT = 2;

  @Override
  public Runnable onFirst(IntSupplier drain) {
    Thread hook =
        new Thread(
            () -> {
              letCtrlCEndAtOnce();
              Runtime.getRuntime().halt(drain.getAsInt());
            },
            "drain");
    Runtime.getRuntime().addShutdownHook(hook);
    return () -> remove(hook);
  }

  private static void remove(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException alreadyRunning) {
      // A signal has come: the hook ends the JVM.
    }
  }

  private static void letCtrlCEndAtOnce() {
    Pointer defaultAction = Pointer.NULL;
    NativeLibrary.getProcess()
        .getFunction("signal")
        .invoke(Pointer.class, new Object[] {SIGINT, defaultAction});
  }
}
