package dev.millrace.connector.jdbc.sql;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.connect.data.ConnectSchema;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * Records into changes of tables. A record without a schema takes the types of its fields from the settings, or else from
 * the columns of its table.
 */
public final class RowMaker {

    private static final Schema TEXT = Schema.STRING_SCHEMA;

    /**
     * What the settings say.
     *
     * @param tableFormat     table of a topic, with {@code ${topic}} in it
     * @param whitelist       fields of the value to write; empty for all
     * @param declared        types of the fields of values that have no schema; empty to take them from the table
     * @param deletes         whether a record without a value deletes a row
     * @param zone            in which moments are stored
     */
    public record Rules(
            String tableFormat,
            PrimaryKey primaryKey,
            Set<String> whitelist,
            List<Column> declared,
            boolean deletes,
            ZoneId zone) {}

    /** Takes one column's value out of a record. */
    private interface Source {
        @Nullable
        Object value(SinkRecord record) throws RowException;
    }

    private record Shape(TableName table, Change.Kind kind, List<Column> columns, List<Source> sources) {}

    /** @param fields of a value without a schema, whose types come from the table: they may differ from record to record */
    private record ShapeKey(
            String topic,
            @Nullable Schema keySchema,
            @Nullable Schema valueSchema,
            boolean hasValue,
            @Nullable Set<?> fields) {

        static ShapeKey of(SinkRecord record, boolean typesFromTable) {
            Set<?> fields = typesFromTable && record.value() instanceof Map<?, ?> map ? Set.copyOf(map.keySet()) : null;
            return new ShapeKey(
                    record.topic(), record.keySchema(), record.valueSchema(), record.value() != null, fields);
        }
    }

    /** Records without a schema could bring new fields for ever. */
    private static final int SHAPES_MAX = 1000;

    private final Rules rules;
    private final Values values;
    private final Function<TableName, List<Column>> columnsOf;
    private final Map<ShapeKey, Shape> shapes = new HashMap<>();
    private final Map<String, TableName> tables = new HashMap<>();

    /** @param columnsOf the columns of a table that exists; empty for one that does not */
    public RowMaker(Rules rules, Function<TableName, List<Column>> columnsOf) {
        this.rules = rules;
        this.values = new Values(rules.zone());
        this.columnsOf = columnsOf;
    }

    /** @throws RowException when the record can't become a row of its table */
    public Change make(SinkRecord record) throws RowException {
        ShapeKey key = ShapeKey.of(record, rules.declared().isEmpty());
        Shape shape = shapes.get(key);
        if (shape == null) {
            shape = shape(record);
            if (shapes.size() >= SHAPES_MAX) {
                shapes.clear();
            }
            shapes.put(key, shape);
        }
        Object[] row = new Object[shape.columns().size()];
        for (int i = 0; i < row.length; i++) {
            try {
                row[i] = shape.sources().get(i).value(record);
            } catch (RowException e) {
                throw new RowException("column '" + shape.columns().get(i).name() + "' " + e.reason());
            }
            if (row[i] == null && shape.columns().get(i).key()) {
                throw new RowException(
                        "column '" + shape.columns().get(i).name() + "' is part of the primary key and null");
            }
        }
        return new Change(record, shape.table(), shape.kind(), shape.columns(), row);
    }

    /** Forgets what it has learned about tables: they may have changed. */
    public void forget() {
        shapes.clear();
    }

    private Shape shape(SinkRecord record) throws RowException {
        TableName table = tables.computeIfAbsent(record.topic(), topic -> TableName.of(rules.tableFormat(), topic));
        List<Column> columns = new ArrayList<>();
        List<Source> sources = new ArrayList<>();
        boolean deletes = record.value() == null;
        if (deletes && !rules.deletes()) {
            throw new RowException("the record has no value; with delete.enabled=true that deletes its row");
        }
        addKey(record, table, columns, sources);
        if (!deletes) {
            addValue(record, table, columns, sources);
        }
        if (columns.isEmpty()) {
            throw new RowException("no field is left to write; see fields.whitelist");
        }
        return new Shape(
                table, deletes ? Change.Kind.DELETE : Change.Kind.WRITE, List.copyOf(columns), List.copyOf(sources));
    }

    private void addKey(SinkRecord record, TableName table, List<Column> columns, List<Source> sources)
            throws RowException {
        List<String> names = rules.primaryKey().fields();
        switch (rules.primaryKey().mode()) {
            case NONE -> {}
            case KAFKA -> {
                add(columns, sources, new Column(names.get(0), TEXT, true), SinkRecord::originalTopic);
                add(
                        columns,
                        sources,
                        new Column(names.get(1), Schema.INT32_SCHEMA, true),
                        SinkRecord::originalKafkaPartition);
                add(
                        columns,
                        sources,
                        new Column(names.get(2), Schema.INT64_SCHEMA, true),
                        SinkRecord::originalKafkaOffset);
            }
            case RECORD_KEY -> addRecordKey(record, table, columns, sources);
            case RECORD_VALUE -> {
                Schema schema = valueSchema(record, table);
                for (String name : names.isEmpty() ? fieldNames(schema) : names) {
                    add(columns, sources, column(schema, name, true, "value"), fromValue(record, field(schema, name)));
                }
            }
        }
    }

    private void addRecordKey(SinkRecord record, TableName table, List<Column> columns, List<Source> sources)
            throws RowException {
        List<String> names = rules.primaryKey().fields();
        Object key = record.key();
        if (key == null) {
            throw new RowException("the record has no key, which pk.mode=record_key needs");
        }
        Schema schema = record.keySchema();
        if (schema != null && schema.type() == Schema.Type.STRUCT) {
            for (String name : names.isEmpty() ? fieldNames(schema) : names) {
                Field field = field(schema, name);
                Column column = column(schema, name, true, "key");
                add(
                        columns,
                        sources,
                        column,
                        r -> values.ofSchema(column.type(), ((Struct) notNull(r.key())).get(field)));
            }
            return;
        }
        if (key instanceof Map) {
            if (names.isEmpty()) {
                throw new RowException("the key has no schema: pk.fields must name its fields");
            }
            for (String name : names) {
                Column column = new Column(name, typeOf(name, table, ((Map<?, ?>) key).get(name)), true);
                add(
                        columns,
                        sources,
                        column,
                        r -> values.withoutSchema(column.type(), ((Map<?, ?>) notNull(r.key())).get(name)));
            }
            return;
        }
        if (names.size() != 1) {
            throw new RowException("the key is a single value: pk.fields must name the one column for it");
        }
        if (schema != null) {
            add(columns, sources, new Column(names.get(0), schema, true), r -> values.ofSchema(schema, r.key()));
        } else {
            Column column = new Column(names.get(0), typeOf(names.get(0), table, key), true);
            add(columns, sources, column, r -> values.withoutSchema(column.type(), r.key()));
        }
    }

    private void addValue(SinkRecord record, TableName table, List<Column> columns, List<Source> sources)
            throws RowException {
        Schema schema = valueSchema(record, table);
        Set<String> keys = new HashSet<>();
        columns.forEach(column -> keys.add(column.name()));
        for (String name : fieldNames(schema)) {
            if (!keys.contains(name)
                    && (rules.whitelist().isEmpty() || rules.whitelist().contains(name))) {
                add(columns, sources, column(schema, name, false, "value"), fromValue(record, field(schema, name)));
            }
        }
    }

    private Source fromValue(SinkRecord example, Field field) {
        if (example.value() instanceof Struct) {
            return record -> values.ofSchema(field.schema(), ((Struct) notNull(record.value())).get(field));
        }
        return record -> {
            Map<?, ?> map = (Map<?, ?>) notNull(record.value());
            return values.withoutSchema(field.schema(), map.get(field.name()));
        };
    }

    /** Of a value without one: what is declared, or what its table has. */
    private Schema valueSchema(SinkRecord record, TableName table) throws RowException {
        Object value = record.value();
        if (value instanceof Struct struct) {
            return struct.schema();
        }
        if (!(value instanceof Map<?, ?> map)) {
            throw new RowException("the value is " + kindOf(value)
                    + ", not a struct or map of fields; use another converter, or the HoistField transform");
        }
        SchemaBuilder schema = SchemaBuilder.struct();
        if (!rules.declared().isEmpty()) {
            rules.declared().forEach(column -> schema.field(column.name(), column.type()));
            return schema.build();
        }
        List<Column> known = columnsOf.apply(table);
        if (known.isEmpty()) {
            throw new RowException("the value has no schema and there is no table " + table
                    + " to take one from; create the table, or name the types with schemaless.fields");
        }
        for (Object key : map.keySet()) {
            String name = String.valueOf(key);
            if (rules.whitelist().isEmpty() || rules.whitelist().contains(name)) {
                schema.field(name, typeIn(known, table, name));
            }
        }
        return schema.build();
    }

    private static Schema typeIn(List<Column> known, TableName table, String name) throws RowException {
        for (Column column : known) {
            if (column.name().equalsIgnoreCase(name)) {
                return column.type();
            }
        }
        throw new RowException("table " + table + " has no column for field '" + name
                + "'; add one, or leave the field out with fields.whitelist");
    }

    private Schema typeOf(String name, TableName table, @Nullable Object value) throws RowException {
        List<Column> known = new ArrayList<>(rules.declared());
        known.addAll(columnsOf.apply(table));
        for (Column column : known) {
            if (column.name().equalsIgnoreCase(name)) {
                return column.type();
            }
        }
        Schema.Type type = value == null ? null : ConnectSchema.schemaType(value.getClass());
        if (type == null || !type.isPrimitive()) {
            throw new RowException("column '" + name + "': no type is known; name it with schemaless.fields");
        }
        return new SchemaBuilder(type).build();
    }

    private static Column column(Schema schema, String name, boolean key, String part) throws RowException {
        Field field = schema.field(name);
        if (field == null) {
            throw new RowException("the " + part + " has no field '" + name + "', which pk.fields names; it has "
                    + String.join(", ", fieldNames(schema)));
        }
        return new Column(name, field.schema(), key);
    }

    private static Field field(Schema schema, String name) throws RowException {
        Field field = schema.field(name);
        if (field == null) {
            throw new RowException(
                    "pk.fields names '" + name + "', which is not among " + String.join(", ", fieldNames(schema)));
        }
        return field;
    }

    private static Set<String> fieldNames(Schema schema) {
        Set<String> names = new LinkedHashSet<>();
        schema.fields().forEach(field -> names.add(field.name()));
        return names;
    }

    private static void add(List<Column> columns, List<Source> sources, Column column, Source source) {
        columns.add(column);
        sources.add(source);
    }

    private static Object notNull(@Nullable Object part) throws RowException {
        if (part == null) {
            throw new RowException("is missing");
        }
        return part;
    }

    private static String kindOf(@Nullable Object value) {
        return value == null ? "null" : value.getClass().getSimpleName();
    }
}
