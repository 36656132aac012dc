package hv.shell.internal;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A command's result that is a list of values, and shows itself as a table. Immutable.
 *
 * @param <T> what a row is
 */
final class Rows<T> extends AbstractList<T> {
    private final List<T> values;
    private final List<Column<T>> columns;
    private final String whenEmpty;

    private record Column<T>(String title, boolean right, Function<T, Object> of) {
    }

    private Rows(List<T> values, List<Column<T>> columns, String whenEmpty) {
        this.values = values;
        this.columns = columns;
        this.whenEmpty = whenEmpty;
    }

    /** @param whenEmpty what to show where there are no rows */
    static <T> Rows<T> of(List<T> values, String whenEmpty) {
        return new Rows<>(List.copyOf(values), List.of(), whenEmpty);
    }

    /** With a column of text more. */
    Rows<T> text(String title, Function<T, Object> of) {
        return with(new Column<>(title, false, of));
    }

    /** With a column of numbers more. */
    Rows<T> number(String title, Function<T, Object> of) {
        return with(new Column<>(title, true, of));
    }

    private Rows<T> with(Column<T> column) {
        List<Column<T>> more = new ArrayList<>(columns);
        more.add(column);
        return new Rows<>(values, more, whenEmpty);
    }

    @Override
    public T get(int index) {
        return values.get(index);
    }

    @Override
    public int size() {
        return values.size();
    }

    /** One value as a line, columns apart by two blanks. */
    @Override
    public String toString() {
        if (values.isEmpty()) {
            return whenEmpty;
        }
        List<List<String>> cells = new ArrayList<>();
        cells.add(columns.stream().map(Column::title).toList());
        for (T value : values) {
            cells.add(columns.stream().map(column -> printable(column.of().apply(value))).toList());
        }
        int[] widths = new int[columns.size()];
        cells.forEach(row -> {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        });
        StringBuilder text = new StringBuilder();
        for (List<String> row : cells) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                String pad = " ".repeat(widths[i] - row.get(i).length());
                line.append(columns.get(i).right() ? pad + row.get(i) : row.get(i) + pad).append("  ");
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.substring(0, text.length() - 1);
    }

    private static String printable(Object value) {
        return String.valueOf(value).replaceAll("[\\p{Cntrl}]", " ");
    }
}
