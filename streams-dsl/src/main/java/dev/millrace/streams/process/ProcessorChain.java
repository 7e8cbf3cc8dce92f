package dev.millrace.streams.process;

import dev.millrace.streams.kstream.TimestampExtractor;
import dev.millrace.streams.plan.InternalTopics;
import dev.millrace.streams.plan.PlanNode;
import dev.millrace.streams.plan.Step;
import dev.millrace.streams.plan.StoreSpec;
import dev.millrace.streams.plan.SubTopology;
import dev.millrace.streams.state.ChangelogWriter;
import dev.millrace.streams.state.TaskStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The processors and stores of one task, put together from the plan's nodes. */
final class ProcessorChain {

    /** Sources by the topic's name on the broker. */
    final Map<String, SourceProcessor> sources = new HashMap<>();

    /** Stores in the order in which they must be flushed: what one sends on may change the next. */
    final List<TaskStore> stores = new ArrayList<>();

    final List<WindowAggregateProcessor> windowed = new ArrayList<>();

    private final TaskContext context;
    private final TaskBlueprint blueprint;
    private final InternalTopics topics;
    private final Defaults defaults;
    private final long streamTimeMs;

    ProcessorChain(SubTopology sub, TaskContext context, TaskBlueprint blueprint, long streamTimeMs) {
        this.context = context;
        this.blueprint = blueprint;
        this.topics = blueprint.topics();
        this.defaults = blueprint.defaults();
        this.streamTimeMs = streamTimeMs;
        var built = new HashMap<PlanNode, Processor>();
        for (PlanNode node : sub.nodes()) {
            Processor processor = build(node);
            built.put(node, processor);
            for (PlanNode parent : node.parents()) {
                Processor above = built.get(parent);
                if (above == null) {
                    throw new IllegalStateException(parent + " comes after its child " + node);
                }
                above.addChild(processor);
            }
        }
        for (PlanNode node : sub.nodes()) {
            if (node.step() instanceof Step.TableFilter) {
                keepValuesBeforeChange(node);
            }
        }
    }

    /** Whether a row that does not pass a filter was there before decides whether downstream hears of it. */
    private void keepValuesBeforeChange(PlanNode table) {
        StoreSpec spec = table.step().storeOrNull();
        if (spec == null) {
            table.parents().forEach(this::keepValuesBeforeChange);
            return;
        }
        for (TaskStore store : stores) {
            if (store.spec().name().equals(spec.name())) {
                store.keepValuesBeforeChange();
            }
        }
    }

    private Processor build(PlanNode node) {
        String name = node.name();
        Step step = node.step();
        if (step instanceof Step.Source source) {
            return source(name, source);
        } else if (step instanceof Step.Sink sink) {
            return new SinkProcessor(
                    name,
                    context,
                    topics.physical(sink.topic()),
                    defaults.keySerde(sink.keySerde(), name),
                    defaults.valueSerde(sink.valueSerde(), name));
        } else if (step instanceof Step.Filter filter) {
            return new FilterProcessor(name, context, filter.predicate(), filter.passWhen());
        } else if (step instanceof Step.Map map) {
            return new MapProcessor(name, context, map.mapper());
        } else if (step instanceof Step.SelectKey select) {
            return new SelectKeyProcessor(name, context, select.mapper());
        } else if (step instanceof Step.MapValues map) {
            return new MapValuesProcessor(name, context, map.mapper());
        } else if (step instanceof Step.FlatMap map) {
            return new FlatMapProcessor(name, context, map.mapper());
        } else if (step instanceof Step.FlatMapValues map) {
            return new FlatMapValuesProcessor(name, context, map.mapper());
        } else if (step instanceof Step.Peek peek) {
            return new PeekProcessor(name, context, peek.action());
        } else if (step instanceof Step.Foreach foreach) {
            return new PeekProcessor(name, context, foreach.action());
        } else if (step instanceof Step.TableFilter filter) {
            return new TableFilterProcessor(name, context, filter.predicate(), filter.passWhen());
        } else if (step instanceof Step.TableMapValues map) {
            return new TableMapValuesProcessor(name, context, map.mapper());
        } else if (step instanceof Step.Aggregate aggregate) {
            return new AggregateProcessor(name, context, aggregate, store(aggregate.store(), name));
        } else if (step instanceof Step.WindowAggregate aggregate) {
            TaskStore store = store(aggregate.store(), name);
            var processor = new WindowAggregateProcessor(name, context, aggregate, store, streamTimeMs);
            windowed.add(processor);
            return processor;
        } else if (step instanceof Step.DropNullKeys) {
            return new NullKeyGuard(name, context);
        }
        return new PassThroughProcessor(name, context);
    }

    private SourceProcessor source(String name, Step.Source source) {
        TimestampExtractor extractor = source.timestampExtractor();
        boolean internal = source.topics().stream()
                .anyMatch(topic -> topics.plan().repartitionTopics().containsKey(topic));
        TimestampExtractor fallback = internal ? TimestampExtractor.RECORD_TIME : defaults.timestampExtractor();
        var processor = new SourceProcessor(
                name,
                context,
                defaults.keySerde(source.keySerde(), name),
                defaults.valueSerde(source.valueSerde(), name),
                extractor != null ? extractor : fallback);
        source.topics().forEach(topic -> sources.put(topics.physical(topic), processor));
        return processor;
    }

    private TaskStore store(StoreSpec spec, String operator) {
        String changelog = topics.changelog(spec);
        int partition = context.taskId.partition();
        ChangelogWriter writer = spec.logged()
                ? (key, value, timestampMs) ->
                        context.collector.send(changelog, partition, key, value, timestampMs, null)
                : ChangelogWriter.NONE;
        var store = new TaskStore(
                spec,
                defaults.keySerde(spec.keySerde(), operator),
                defaults.valueSerde(spec.valueSerde(), operator),
                changelog,
                writer,
                blueprint.dirtyKeysMax());
        stores.add(store);
        return store;
    }
}
