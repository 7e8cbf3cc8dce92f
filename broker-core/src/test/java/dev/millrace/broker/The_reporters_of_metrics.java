package dev.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.metrics.JmxReporter;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.apache.kafka.common.metrics.MetricsReporter;
import org.junit.jupiter.api.Test;

/** The classes in metric.reporters, until they begin. */
class The_reporters_of_metrics {

    private static final List<String> CLOSED = new ArrayList<>();

    /** Takes any settings. */
    public static class Reporter implements MetricsReporter {
        @Override
        public void configure(Map<String, ?> configs) {}

        @Override
        public void init(List<KafkaMetric> metrics) {}

        @Override
        public void metricChange(KafkaMetric metric) {}

        @Override
        public void metricRemoval(KafkaMetric metric) {}

        @Override
        public void close() {
            CLOSED.add(getClass().getSimpleName());
        }
    }

    /** Misses a setting. */
    public static final class Choosy extends Reporter {
        @Override
        public void configure(Map<String, ?> configs) {
            throw new ConfigException("the.endpoint is missing");
        }
    }

    /** Can't be made by its name alone. */
    public static final class Needy extends Reporter {
        public Needy(String needed) {
            CLOSED.add(needed);
        }
    }

    private static BrokerConfig config(String reporters, String... others) {
        return BrokerConfig.parse(
                others.length == 0
                        ? Map.of("metric.reporters", reporters)
                        : Map.of("metric.reporters", reporters, others[0], others[1]));
    }

    private static void assertRefused(String name, String reason) {
        assertThatThrownBy(() -> new MetricsReporters(config(name)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("metric.reporters=" + name + ": " + reason)
                .hasMessageNotContaining("\n");
    }

    @Test
    void are_refused_when_there_is_no_such_class() {
        assertRefused("com.example.Nope", "there is no such class on the class path");
    }

    @Test
    void are_refused_when_they_are_no_reporters() {
        assertRefused("java.lang.String", "expected a class that implements " + MetricsReporter.class.getName());
    }

    @Test
    void are_refused_when_they_cannot_be_made() {
        assertRefused(Needy.class.getName(), "expected a public class with a public constructor without parameters");
    }

    @Test
    void are_refused_and_closed_when_one_does_not_like_its_settings() {
        CLOSED.clear();
        String names = Reporter.class.getName() + "," + Choosy.class.getName();

        assertThatThrownBy(() -> new MetricsReporters(config(names)))
                .hasMessageContaining("metric.reporters=" + Choosy.class.getName()
                        + ": can't be configured: the.endpoint is missing");
        assertThat(CLOSED).containsExactly("Reporter", "Choosy");
    }

    @Test
    void may_have_settings_that_nobody_else_knows() {
        assertThat(config(Reporter.class.getName(), "the.endpoint", "here").notices())
                .singleElement()
                .asString()
                .contains("the.endpoint")
                .contains("metric.reporters");
    }

    @Test
    void are_told_of_when_they_have_no_effect() {
        assertThat(config(JmxReporter.class.getName()).notices())
                .singleElement()
                .asString()
                .contains("metric.reporters has no effect");
    }
}
