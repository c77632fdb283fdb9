package io.snakepit.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;

/**
 * A {@code grpcio} server in Python, called from this JVM: unary calls, written by hand on an
 * HTTP/2 connection, since a gRPC message is but five bytes and its payload.
 */
final class GrpcPeer {
  private static final int PREFIX = 5;

  private final Bed bed;
  private final Venv venv;

  GrpcPeer(Bed bed, Venv venv) {
    this.bed = bed;
    this.venv = venv;
  }

  void measure(Results results) {
    String version = venv.require("grpcio");
    Process server = bed.startScript("peer_grpc.py", venv.python(), PeersPart.log(bed, "grpcio"));
    Vertx vertx =
        Vertx.builder()
            .with(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(1))
            .build();
    try {
      LoadSource source = source(vertx, port(server));
      for (int inFlight : PeersPart.inFlight(bed.plan())) {
        bed.say("peers: grpcio, %d in flight".formatted(inFlight));
        source.run(inFlight, bed.plan().calls().warmUp());
        Sample sample = source.run(inFlight, bed.plan().large());
        results.peers.add(new Results.Peer("grpcio unary server", version, inFlight, sample));
      }
    } finally {
      server.destroyForcibly();
      Await.on(vertx.close());
    }
  }

  private static int port(Process server) {
    try {
      BufferedReader said =
          new BufferedReader(new InputStreamReader(server.getInputStream(), UTF_8));
      String line = said.readLine();
      if (line == null) {
        throw new IllegalStateException("its server did not start");
      }
      return Integer.parseInt(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static LoadSource source(Vertx vertx, int port) {
    HttpClientOptions options =
        new HttpClientOptions()
            .setProtocolVersion(HttpVersion.HTTP_2)
            .setHttp2ClearTextUpgrade(false);
    HttpClient client = vertx.createHttpClient(options, new PoolOptions().setHttp2MaxSize(1));
    RequestOptions where =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setHost("localhost")
            .setPort(port)
            .setURI("/bench.Echo/Echo")
            .putHeader("content-type", "application/grpc")
            .putHeader("te", "trailers");
    byte[] body = Payloads.ECHO.bytes();
    Buffer message = Buffer.buffer().appendByte((byte) 0).appendInt(body.length).appendBytes(body);
    return Load.on(
        vertx.getOrCreateContext(),
        () -> client.request(where).compose(request -> call(request, message)));
  }

  private static Future<Buffer> call(HttpClientRequest request, Buffer message) {
    return request
        .send(message)
        .compose(response -> response.body().compose(body -> checked(response, body)));
  }

  private static Future<Buffer> checked(HttpClientResponse response, Buffer body) {
    boolean ok = "0".equals(response.getTrailer("grpc-status")) && body.length() > PREFIX;
    return ok
        ? Future.succeededFuture(body)
        : Future.failedFuture("grpc-status " + response.getTrailer("grpc-status"));
  }
}
