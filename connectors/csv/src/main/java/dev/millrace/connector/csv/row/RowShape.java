package dev.millrace.connector.csv.row;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Timestamp;
import org.jspecify.annotations.Nullable;

/** The columns of one file into the record's value, key and time. Immutable. */
public final class RowShape {

    private final int columnCount;
    private final Schema valueSchema;
    private final FieldSpec[] specs;
    private final Field[] fields;
    /** For each field the index of its column, or -1. */
    private final int[] columns;

    private final List<Field> keyFields = new ArrayList<>();
    private final @Nullable Schema keySchema;
    private final @Nullable Field timestampField;
    private final @Nullable String nullText;

    /**
     * @param columnNames    of the file, in order
     * @param specs          fields of the record, in order
     * @param keyFields      one: the key is its value; several: a struct of them; none: no key
     * @param timestampField the field that is the record's time; null for none
     * @param nullText       a column of this text is null; null for none
     * @throws IllegalArgumentException when a column or field that is asked for does not exist
     */
    public RowShape(
            List<String> columnNames,
            List<FieldSpec> specs,
            List<String> keyFields,
            @Nullable String timestampField,
            @Nullable String nullText) {
        this.columnCount = columnNames.size();
        this.specs = specs.toArray(new FieldSpec[0]);
        this.columns = new int[specs.size()];
        this.nullText = nullText;
        Set<String> names = new HashSet<>();
        SchemaBuilder schema = SchemaBuilder.struct();
        for (int i = 0; i < columns.length; i++) {
            FieldSpec spec = this.specs[i];
            if (!names.add(spec.name())) {
                throw new IllegalArgumentException("two columns or fields are named '" + spec.name() + "'");
            }
            columns[i] = spec.hasColumn() ? indexOf(spec, columnNames) : -1;
            schema.field(spec.name(), spec.type().schema(spec.optional()));
        }
        this.valueSchema = schema.build();
        this.fields = valueSchema.fields().toArray(new Field[0]);
        for (String key : keyFields) {
            this.keyFields.add(field(key, "key.fields"));
        }
        this.keySchema = keySchemaOf(this.keyFields);
        this.timestampField = timestampField == null ? null : field(timestampField, "timestamp.field");
        if (this.timestampField != null && this.timestampField.schema().type() != Schema.Type.INT64) {
            throw new IllegalArgumentException("timestamp.field '" + timestampField
                    + "' must be of type timestamp, or int64 with milliseconds since the epoch");
        }
    }

    public Schema valueSchema() {
        return valueSchema;
    }

    public @Nullable Schema keySchema() {
        return keySchema;
    }

    /** The record's value; its key and time are made from it. */
    public Struct value(String[] row) throws MalformedRowException {
        if (row.length != columnCount) {
            throw new MalformedRowException("has " + row.length + " columns instead of " + columnCount);
        }
        Struct value = new Struct(valueSchema);
        for (int i = 0; i < fields.length; i++) {
            FieldSpec spec = specs[i];
            String text = columns[i] < 0 ? null : row[columns[i]];
            if (text != null && text.equals(nullText)) {
                text = null;
            }
            Object fieldValue;
            try {
                fieldValue = spec.value(text);
            } catch (MalformedRowException e) {
                throw new MalformedRowException(
                        spec.hasColumn()
                                ? "column '" + spec.column() + "' " + e.reason()
                                : "field '" + spec.name() + "' " + e.reason());
            }
            if (fieldValue != null) {
                value.put(fields[i], fieldValue);
            }
        }
        return value;
    }

    /** The record's key, or null when it has none. */
    public @Nullable Object key(Struct value) {
        if (keySchema == null) {
            return null;
        }
        if (keyFields.size() == 1) {
            return value.get(keyFields.get(0));
        }
        Struct key = new Struct(keySchema);
        for (Field field : keyFields) {
            key.put(field.name(), value.get(field));
        }
        return key;
    }

    /**
     * The record's time in milliseconds since the epoch, or null to leave it to whoever writes the record.
     *
     * @throws MalformedRowException for a time before the epoch: a record can't have one
     */
    public @Nullable Long timestamp(Struct value) throws MalformedRowException {
        if (timestampField == null) {
            return null;
        }
        Object time = value.get(timestampField);
        if (time == null) {
            return null;
        }
        long epochMs =
                time instanceof java.util.Date date ? Timestamp.fromLogical(Timestamp.SCHEMA, date) : (Long) time;
        if (epochMs < 0) {
            throw new MalformedRowException("field '" + timestampField.name() + "' is before 1970");
        }
        return epochMs;
    }

    private static int indexOf(FieldSpec spec, List<String> columnNames) {
        int index = columnNames.indexOf(spec.column());
        if (index < 0) {
            throw new IllegalArgumentException("there is no column '" + spec.column() + "' for field '" + spec.name()
                    + "'; the columns are: " + String.join(", ", columnNames));
        }
        return index;
    }

    private Field field(String name, String setting) {
        Field field = valueSchema.field(name);
        if (field == null) {
            throw new IllegalArgumentException(setting + ": there is no field '" + name + "'");
        }
        return field;
    }

    private static @Nullable Schema keySchemaOf(List<Field> keyFields) {
        if (keyFields.isEmpty()) {
            return null;
        }
        if (keyFields.size() == 1) {
            return keyFields.get(0).schema();
        }
        SchemaBuilder schema = SchemaBuilder.struct();
        keyFields.forEach(field -> schema.field(field.name(), field.schema()));
        return schema.build();
    }
}
