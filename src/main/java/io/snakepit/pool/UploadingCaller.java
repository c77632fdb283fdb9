package io.snakepit.pool;

import static java.util.Objects.requireNonNull;

import io.snakepit.api.Call;
import io.snakepit.pool.machine.Caller;
import io.vertx.core.Context;
import org.jspecify.annotations.Nullable;

/** A caller whose arguments may come in pieces. On the pool's event loop. */
abstract class UploadingCaller implements Caller {
  private final @Nullable Upload upload;

  /**
   * @param home the pool's context
   */
  UploadingCaller(Call call, Context home) {
    this.upload = call.upload() == null ? null : new Upload(call, home);
  }

  @Override
  public final void upload(ArgumentSink worker, long windowBytes, Runnable broken) {
    requireNonNull(upload).begin(worker, windowBytes, broken);
  }

  @Override
  public final boolean argumentsTaken(long bytes) {
    return requireNonNull(upload).taken(bytes);
  }

  /** Reads no more arguments: nobody needs the rest. */
  final void closeUpload() {
    if (upload != null) {
      upload.close();
    }
  }
}
