package dev.millrace.broker.chaos;

import dev.millrace.broker.Broker;
import dev.millrace.broker.BrokerConfig;
import java.util.HashMap;
import java.util.Map;

/** A broker as a process of its own, to be killed. Arguments: settings, as {@code key=value}. */
public final class BrokerProcess {

    static final String READY = "serves ";

    private BrokerProcess() {}

    public static void main(String[] args) throws InterruptedException {
        Map<String, String> settings = new HashMap<>();
        for (String setting : args) {
            int equals = setting.indexOf('=');
            settings.put(setting.substring(0, equals), setting.substring(equals + 1));
        }
        Broker broker = Broker.start(BrokerConfig.parse(settings));
        Runtime.getRuntime().addShutdownHook(new Thread(broker::close));
        System.out.println(READY + broker.bootstrapServers());
        Thread.currentThread().join();
    }
}
