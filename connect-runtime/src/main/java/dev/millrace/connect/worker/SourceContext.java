package dev.millrace.connect.worker;

import java.util.Map;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.apache.kafka.connect.source.TransactionContext;
import org.apache.kafka.connect.storage.OffsetStorageReader;
import org.jspecify.annotations.Nullable;

/**
 * What a source task can ask of its runtime.
 *
 * @param transactionContext null unless the connector says where transactions end
 */
record SourceContext(
        Map<String, String> configs,
        OffsetStorageReader offsetStorageReader,
        @Nullable TransactionContext transactionContext,
        PluginMetrics pluginMetrics)
        implements SourceTaskContext {}
