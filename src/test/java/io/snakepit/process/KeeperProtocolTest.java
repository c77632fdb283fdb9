package io.snakepit.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.snakepit.process.OutputLine.Source;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeeperProtocolTest {
  private static final PythonFailure FAILURE = new PythonFailure("ValueError", "no", "Traceback");

  @Test
  void writesOrders() {
    assertThat(order(KeeperProtocol.start("main-1", "t")))
        .isEqualTo(
            new JsonObject("{'op':'start','worker':'main-1','token':'t'}".replace('\'', '"')));
    assertThat(order(KeeperProtocol.kill("main-1", 9)))
        .isEqualTo(new JsonObject("{'op':'kill','worker':'main-1','signal':9}".replace('\'', '"')));
    assertThat(order(KeeperProtocol.roll())).isEqualTo(new JsonObject().put("op", "roll"));
    assertThat(order(KeeperProtocol.stop())).isEqualTo(new JsonObject().put("op", "stop"));
  }

  @Test
  void writesConfiguration() {
    KeeperOptions.Workers workers =
        new KeeperOptions.Workers(
            "main",
            StartMethod.FORKSERVER,
            new KeeperOptions.Code("app:Demo", List.of("numpy"), List.of("/src")),
            Path.of("/run/w.sock"),
            "error",
            15_000,
            new KeeperOptions.Limits(1 << 20, 1.5, 3),
            new KeeperOptions.Calls("async", 500, true, 300));

    assertThat(order(KeeperProtocol.configure(workers, Duration.ofMillis(700))))
        .isEqualTo(
            new JsonObject(
                """
                {"op":"configure","pool":"main","startMethod":"forkserver","adapter":"app:Demo",
                 "preload":["numpy"],"pythonPath":["/src"],"socket":"/run/w.sock",
                 "onUnserializable":"error","silenceMs":15000,"termGraceMs":700,"profile":"async",
                 "concurrency":500,"tellMemory":true,"cancelGraceMs":300,"threads":3,
                 "limits":{"memoryBytes":1048576,"cpus":1.5}}
                """));
  }

  @Test
  void orderThatIsTooLargeIsRefused() {
    String token = "x".repeat(KeeperProtocol.MAX_FRAME);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> KeeperProtocol.start("main-1", token))
        .withMessageStartingWith("an order to a keeper must have at most 1048576 bytes: got ");
  }

  @Test
  void readsEvents() throws Exception {
    assertThat(parse("{'event':'hello','token':'t','pid':7,'python':'3.11.7'}"))
        .isEqualTo(new KeeperEvent.Hello("t", 7, "3.11.7"));
    assertThat(parse("{'event':'started','worker':'w','pid':7,'startTicks':123456789012}"))
        .isEqualTo(new KeeperEvent.Started("w", 7, 123_456_789_012L));
    assertThat(
            parse(
                "{'event':'startFailed','worker':'w','type':'ValueError','message':'no',"
                    + "'traceback':'Traceback'}"))
        .isEqualTo(new KeeperEvent.StartFailed("w", FAILURE));
    assertThat(parse("{'event':'startFailed','worker':'w','message':'no'}"))
        .isEqualTo(new KeeperEvent.StartFailed("w", new PythonFailure("", "no", "")));
    assertThat(parse("{'event':'imported','ms':12}"))
        .isEqualTo(new KeeperEvent.Imported(Duration.ofMillis(12)));
    assertThat(parse("{'event':'importFailed','message':'no','type':null}"))
        .isInstanceOf(KeeperEvent.ImportFailed.class);
    assertThat(parse("{'event':'fallback','reasons':['grpc','a thread']}"))
        .isEqualTo(new KeeperEvent.Fallback(List.of("grpc", "a thread")));
    assertThat(parse("{'event':'forkNotice','notices':['a file']}"))
        .isEqualTo(new KeeperEvent.ForkNotice(List.of("a file")));
  }

  @Test
  void readsEnds() throws Exception {
    assertThat(parse("{'event':'exited','worker':'w','status':3}"))
        .isEqualTo(new KeeperEvent.Exited("w", new Exit.Status(3)));
    assertThat(parse("{'event':'exited','worker':'w','signal':9}"))
        .isEqualTo(new KeeperEvent.Exited("w", new Exit.Signal(9)));
    assertThat(parse("{'event':'exited','worker':'w'}"))
        .isEqualTo(new KeeperEvent.Exited("w", new Exit.Unknown()));
    assertThat(parse("{'event':'exited','worker':'w','signal':9,'reason':'ate too much'}"))
        .isEqualTo(new KeeperEvent.Exited("w", new Exit.Explained("ate too much")));
  }

  @Test
  void readsByWhatLimitsAreInForce() throws Exception {
    assertThat(parse("{'event':'limits','memory':'rlimit','cpus':'affinity'}"))
        .isEqualTo(new KeeperEvent.Limited("rlimit", "affinity", ""));
    assertThat(parse("{'event':'limits','memory':'off','cpus':'off','detail':'macOS'}"))
        .isEqualTo(new KeeperEvent.Limited("off", "off", "macOS"));
  }

  @Test
  void readsLines() throws Exception {
    assertThat(parse("{'event':'line','worker':'w','stream':'stdout','text':'hi'}"))
        .isEqualTo(new KeeperEvent.Line("w", new OutputLine(Source.STDOUT, "hi", 0)));
    assertThat(parse("{'event':'line','worker':'','stream':'stderr','text':'','dropped':5}"))
        .isEqualTo(new KeeperEvent.Line("", new OutputLine(Source.STDERR, "", 5)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "7",
        "{",
        "{}",
        "{'event':7}",
        "{'event':'surprise'}",
        "{'event':'started','worker':'w'}",
        "{'event':'started','pid':7,'startTicks':1}",
        "{'event':'started','worker':'w','pid':'x','startTicks':1}",
        "{'event':'started','worker':['w'],'pid':7,'startTicks':1}",
        "{'event':'fallback'}",
        "{'event':'fallback','reasons':[]}",
        "{'event':'forkNotice','notices':'one'}",
        "\u0000\u0001"
      })
  void refusesWhatNoKeeperSays(String text) {
    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(KeeperProtocolException.class)
        .hasMessageStartingWith("a frame that is no event: ");
  }

  @Test
  void helloDoesNotShowItsToken() {
    assertThat(new KeeperEvent.Hello("secret", 7, "3.11.7"))
        .hasToString("Hello[pid=7 python=3.11.7]");
  }

  private static KeeperEvent parse(String text) throws KeeperProtocolException {
    return KeeperProtocol.parse(Buffer.buffer(text.replace('\'', '"')));
  }

  private static JsonObject order(Buffer frame) {
    assertThat(frame.getUnsignedInt(0)).isEqualTo(frame.length() - 4);
    return new JsonObject(frame.getBuffer(4, frame.length()));
  }
}
