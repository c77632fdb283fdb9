package io.snakepit.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;

/** A pool of two Ray actors. Ray has no door for other languages: its caller is Python, too. */
final class RayPeer {
  private final Bed bed;
  private final Venv venv;

  RayPeer(Bed bed, Venv venv) {
    this.bed = bed;
    this.venv = venv;
  }

  void measure(Results results) {
    String version = venv.require("ray");
    for (int inFlight : PeersPart.inFlight(bed.plan())) {
      bed.say("peers: ray, %d in flight".formatted(inFlight));
      JsonObject answer = run(inFlight);
      results.peers.add(
          new Results.Peer("Ray, two actors", version, inFlight, Sample.fromJson(answer)));
    }
  }

  private JsonObject run(int inFlight) {
    Process process =
        bed.startScript(
            "peer_ray.py",
            venv.python(),
            PeersPart.log(bed, "ray"),
            String.valueOf(inFlight),
            String.valueOf(bed.plan().calls().warmUp().toMillis() / 1e3),
            String.valueOf(bed.plan().large().toMillis() / 1e3));
    try {
      BufferedReader said =
          new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
      for (String line = said.readLine(); line != null; line = said.readLine()) {
        if (line.startsWith("{")) {
          return new JsonObject(line);
        }
      }
      throw new IllegalStateException("it ended without a result");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      Children.end(process);
    }
  }
}
