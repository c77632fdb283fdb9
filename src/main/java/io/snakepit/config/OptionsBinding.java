package io.snakepit.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.snakepit.config.PoolOptions.PoolSize;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Function;

/**
 * Binding of a configuration without faults to {@link SnakepitOptions}: each key fills the record
 * component of its name. A key without a component, or a component without a key, is an error of
 * the program, which any load finds.
 */
final class OptionsBinding {

  /** Looks at nothing but the components of records: to look for more would delay each start. */
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .disable(
              MapperFeature.USE_ANNOTATIONS,
              MapperFeature.AUTO_DETECT_FIELDS,
              MapperFeature.AUTO_DETECT_GETTERS,
              MapperFeature.AUTO_DETECT_IS_GETTERS,
              MapperFeature.AUTO_DETECT_SETTERS,
              MapperFeature.INFER_PROPERTY_MUTATORS,
              MapperFeature.DEFAULT_VIEW_INCLUSION)
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          .enable(
              DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
              DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .addModule(
              new SimpleModule()
                  .addDeserializer(PoolSize.class, new NodeReader<>(PoolSize::of))
                  // Jackson's own takes a path with a colon for a URI.
                  .addDeserializer(Path.class, new NodeReader<>(node -> Path.of(node.textValue()))))
          .build();

  private OptionsBinding() {}

  /** Makes options of a configuration that has been checked. */
  static SnakepitOptions bind(OptionsTree tree) {
    try {
      return MAPPER.treeToValue(complete(tree), SnakepitOptions.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the table of keys and the options' records differ", e);
    }
  }

  /** Returns the value of every key: as it was set, or its default. */
  private static ObjectNode complete(OptionsTree tree) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    ObjectNode pools = root.putObject("pools");
    tree.pools().forEach(pools::putObject);
    for (Key key : Keys.BY_PATH.values()) {
      if (key.isOfPool()) {
        tree.pools().forEach(pool -> put(root, key.pathFor(pool), tree.valueOf(key, pool)));
      } else {
        put(root, key.path(), tree.valueOf(key, ""));
      }
    }
    return root;
  }

  private static void put(ObjectNode root, String path, JsonNode value) {
    ObjectNode section = root;
    int from = 0;
    for (int dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', from)) {
      section = section.withObjectProperty(path.substring(from, dot));
      from = dot + 1;
    }
    section.set(path.substring(from), value);
  }

  /** A deserializer of values whose form in a configuration is not that of their type. */
  private static final class NodeReader<T> extends JsonDeserializer<T> {
    private final Function<JsonNode, T> read;

    NodeReader(Function<JsonNode, T> read) {
      this.read = read;
    }

    @Override
    public T deserialize(JsonParser parser, DeserializationContext context) throws IOException {
      return read.apply(context.readTree(parser));
    }
  }
}
