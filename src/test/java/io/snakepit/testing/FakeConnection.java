package io.snakepit.testing;

import io.snakepit.bridge.v1.HostMessage;
import io.snakepit.bridge.v1.WorkerMessage;
import io.vertx.core.buffer.Buffer;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a worker acceptor, as a worker or a stranger would open it. Blocks, as Python
 * does.
 */
public final class FakeConnection implements Closeable {
  private final SocketChannel channel;

  /** A message of the host and its body. */
  public record HostFrame(HostMessage header, Buffer body) {}

  private FakeConnection(SocketChannel channel) {
    this.channel = channel;
  }

  /** Dials the socket at that path. */
  public static FakeConnection dial(Path socket) throws IOException {
    return new FakeConnection(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
  }

  /** Sends a message without a body. */
  public void send(WorkerMessage header) throws IOException {
    send(header, new byte[0]);
  }

  public void send(WorkerMessage header, byte[] body) throws IOException {
    sendRaw(frame(header, body));
  }

  /** Sends bytes as they are, whatever they mean. */
  public void sendRaw(byte... bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  /** Returns the bytes of a frame. */
  public static byte[] frame(WorkerMessage header, byte[] body) {
    byte[] head = header.toByteArray();
    return ByteBuffer.allocate(2 * Integer.BYTES + head.length + body.length)
        .putInt(head.length)
        .putInt(body.length)
        .put(head)
        .put(body)
        .array();
  }

  /** Waits for the next frame from the host. */
  public HostFrame read() throws IOException {
    HostFrame frame = readOrEnd();
    if (frame == null) {
      throw new EOFException("the host closed the connection");
    }
    return frame;
  }

  /** Waits for the next frame from the host; null if it closed the connection. */
  public @Nullable HostFrame readOrEnd() throws IOException {
    byte[] lengths = readFully(2 * Integer.BYTES);
    if (lengths == null) {
      return null;
    }
    ByteBuffer both = ByteBuffer.wrap(lengths);
    byte[] head = readFully(both.getInt());
    byte[] body = readFully(both.getInt());
    if (head == null || body == null) {
      throw new EOFException("the host closed the connection amid a frame");
    }
    return new HostFrame(HostMessage.parseFrom(head), Buffer.buffer(body));
  }

  private byte @Nullable [] readFully(int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(new byte[length]);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        return null;
      }
    }
    return buffer.array();
  }

  /**
   * Closes the connection, as the kernel does for a process that died: unread bytes make it a
   * reset.
   */
  @Override
  public void close() throws IOException {
    channel.close();
  }
}
