package io.snakepit.config;

import com.fasterxml.jackson.databind.JsonNode;
import io.snakepit.config.PoolOptions.PoolSize;
import io.snakepit.config.PoolOptions.WorkerThreads;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A reader of records: each key of a JSON object fills the component of its name. Knows the types
 * that options have, and no others. A library's binding does the same and costs each start some 100
 * ms, for it looks at a class from every side first; here a look at the components is enough.
 */
final class RecordReader {
  private RecordReader() {}

  /**
   * Reads a record.
   *
   * @throws IllegalStateException if a key has no component, or a component no key
   */
  static <T extends Record> T read(JsonNode node, Class<T> type) {
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      JsonNode value = node.get(components[i].getName());
      if (value == null) {
        throw differ(type, "no key for component " + components[i].getName());
      }
      types[i] = components[i].getType();
      values[i] = value(value, components[i].getGenericType());
    }
    if (node.size() > components.length) {
      throw differ(type, "a key without a component");
    }
    try {
      return type.getDeclaredConstructor(types).newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(type + " can't be made", e);
    }
  }

  private static Object value(JsonNode node, Type type) {
    if (type instanceof ParameterizedType parameterized) {
      Type[] arguments = parameterized.getActualTypeArguments();
      return parameterized.getRawType() == List.class
          ? list(node, arguments[0])
          : map(node, arguments[1]);
    }
    Class<?> simple = (Class<?>) type;
    if (simple == PoolSize.class) {
      return PoolSize.of(node);
    }
    if (simple == WorkerThreads.class) {
      return WorkerThreads.of(node);
    }
    if (simple.isRecord()) {
      return read(node, simple.asSubclass(Record.class));
    }
    return simple.isEnum() ? constant(node, simple) : scalar(node, simple);
  }

  private static Object scalar(JsonNode node, Class<?> type) {
    return switch (type.getSimpleName()) {
      case "boolean" -> node.booleanValue();
      case "int" -> node.intValue();
      case "long", "Long" -> node.longValue();
      case "double" -> node.doubleValue();
      case "String" -> node.textValue();
      case "Path" -> Path.of(node.textValue());
      default -> throw new IllegalStateException("options have no type " + type);
    };
  }

  private static Object constant(JsonNode node, Class<?> type) {
    String name = node.textValue().toUpperCase(Locale.ROOT);
    for (Object each : type.getEnumConstants()) {
      if (((Enum<?>) each).name().equals(name)) {
        return each;
      }
    }
    throw differ(type, "no constant " + name);
  }

  private static List<Object> list(JsonNode node, Type element) {
    List<Object> list = new ArrayList<>(node.size());
    node.forEach(each -> list.add(value(each, element)));
    return list;
  }

  private static Map<String, Object> map(JsonNode node, Type element) {
    Map<String, Object> map = new LinkedHashMap<>();
    node.properties().forEach(each -> map.put(each.getKey(), value(each.getValue(), element)));
    return map;
  }

  private static IllegalStateException differ(Class<?> type, String how) {
    return new IllegalStateException(
        "the table of keys and the options' records differ: %s has %s"
            .formatted(type.getSimpleName(), how));
  }
}
