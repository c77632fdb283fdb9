package io.snakepit.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * A table with columns as wide as their cells: the first ones to the left, the others to the right.
 */
public final class TextTable {
  private static final String GAP = "  ";

  private final int leftColumns;
  private final List<List<String>> rows = new ArrayList<>();

  /** Makes a table with the first {@code leftColumns} to the left. */
  public TextTable(int leftColumns, String... head) {
    this.leftColumns = leftColumns;
    rows.add(List.of(head));
  }

  /** Adds a row with as many cells as the head has. */
  public TextTable row(String... cells) {
    rows.add(List.of(cells));
    return this;
  }

  /** Returns whether the table has no rows but its head. */
  public boolean isEmpty() {
    return rows.size() == 1;
  }

  /** Returns the table's lines, each with its end. */
  @Override
  public String toString() {
    int[] widths = new int[rows.get(0).size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    rows.forEach(row -> text.append(line(row, widths).stripTrailing()).append('\n'));
    return text.toString();
  }

  private String line(List<String> row, int[] widths) {
    List<String> cells = new ArrayList<>();
    for (int i = 0; i < widths.length; i++) {
      String space = " ".repeat(widths[i] - row.get(i).length());
      cells.add(i < leftColumns ? row.get(i) + space : space + row.get(i));
    }
    return String.join(GAP, cells);
  }
}
