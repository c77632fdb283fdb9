package io.snakepit.bench;

import io.snakepit.cli.TextTable;
import java.util.Arrays;

/** A table whose cells may be figures. */
final class Table {
  private final TextTable text;

  /** Makes a table with the first {@code leftColumns} aligned to the left. */
  Table(int leftColumns, String... head) {
    text = new TextTable(leftColumns, head);
  }

  Table row(Object... cells) {
    text.row(
        Arrays.stream(cells)
            .map(cell -> cell instanceof Double figure ? Figures.text(figure) : cell.toString())
            .toArray(String[]::new));
    return this;
  }

  boolean isEmpty() {
    return text.isEmpty();
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
