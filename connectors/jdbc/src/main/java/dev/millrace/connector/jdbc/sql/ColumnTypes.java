package dev.millrace.connector.jdbc.sql;

import java.sql.Types;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;

/** What the columns of an existing table hold, as Connect sees it. */
public final class ColumnTypes {

    private ColumnTypes() {}

    /** @param type of {@link Types}; one that is not known is taken for text, which databases turn into most things */
    public static Schema schema(int type, int scale, boolean nullable) {
        SchemaBuilder schema =
                switch (type) {
                    case Types.TINYINT -> SchemaBuilder.int8();
                    case Types.SMALLINT -> SchemaBuilder.int16();
                    case Types.INTEGER -> SchemaBuilder.int32();
                    case Types.BIGINT -> SchemaBuilder.int64();
                    case Types.REAL -> SchemaBuilder.float32();
                    case Types.FLOAT, Types.DOUBLE -> SchemaBuilder.float64();
                    case Types.NUMERIC, Types.DECIMAL -> Decimal.builder(scale);
                    case Types.BOOLEAN, Types.BIT -> SchemaBuilder.bool();
                    case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY, Types.BLOB -> SchemaBuilder.bytes();
                    case Types.DATE -> Date.builder();
                    case Types.TIME -> Time.builder();
                    case Types.TIMESTAMP, Types.TIMESTAMP_WITH_TIMEZONE -> Timestamp.builder();
                    default -> SchemaBuilder.string();
                };
        return nullable ? schema.optional().build() : schema.build();
    }
}
