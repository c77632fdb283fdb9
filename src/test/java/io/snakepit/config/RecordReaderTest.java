package io.snakepit.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecordReaderTest {
  enum Colour {
    RED,
    DARK_BLUE
  }

  record Inner(long count, Colour colour) {}

  record Outer(String name, List<Long> numbers, Map<String, Inner> inner) {}

  private static final String WHOLE =
      "{\"inner\": {\"a\": {\"colour\": \"dark_blue\", \"count\": 3}}, \"numbers\": [1], \"name\": \"x\"}";

  @Test
  void fillsComponentsByNameInWhateverOrder() throws Exception {
    assertThat(RecordReader.read(json(WHOLE), Outer.class))
        .isEqualTo(new Outer("x", List.of(1L), Map.of("a", new Inner(3, Colour.DARK_BLUE))));
  }

  @Test
  void refusesAComponentWithoutAKeyAndAKeyWithoutAComponent() throws Exception {
    JsonNode missing = json("{\"count\": 3}");
    JsonNode surplus = json("{\"count\": 3, \"colour\": \"red\", \"size\": 1}");
    assertThatThrownBy(() -> RecordReader.read(missing, Inner.class))
        .hasMessageContaining("Inner has no key for component colour");
    assertThatThrownBy(() -> RecordReader.read(surplus, Inner.class))
        .hasMessageContaining("Inner has a key without a component");
  }

  private static JsonNode json(String text) throws JsonProcessingException {
    return new ObjectMapper().readTree(text);
  }
}
