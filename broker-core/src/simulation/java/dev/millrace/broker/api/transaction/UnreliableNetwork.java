package dev.millrace.broker.api.transaction;

import dev.millrace.broker.machine.Ticket;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.protocol.ApiMessage;

/** Loses requests and answers, and delivers requests late or once more, long after their sender has gone on. */
final class UnreliableNetwork {

    /** On its way. */
    private record Message(Supplier<ApiMessage> request, int version, Consumer<ApiMessage> answered) {}

    private final TransactionalBroker broker;
    private final Random random;
    private final List<Message> late = new ArrayList<>();
    private final Queue<Runnable> answers = new ArrayDeque<>();
    private boolean reliable;

    UnreliableNetwork(TransactionalBroker broker, Random random) {
        this.broker = broker;
        this.random = random;
    }

    /**
     * @param request makes the request: brokers write to the bytes of record batches
     * @param delayable whether it may come late, or twice
     * @param answered may never be called
     */
    void send(Supplier<ApiMessage> request, int version, boolean delayable, Consumer<ApiMessage> answered) {
        int dice = reliable ? 100 : random.nextInt(100);
        if (dice < 5) {
            return;
        }
        Message message = new Message(request, version, answered);
        if (dice < 15 && delayable) {
            late.add(message);
            return;
        }
        if (dice < 30 && delayable) {
            late.add(new Message(request, version, answer -> {}));
        }
        deliver(message, dice < 40);
    }

    private void deliver(Message message, boolean losesAnswer) {
        broker.send(message.request().get(), message.version(), new Ticket<>() {
            @Override
            public void answer(ApiMessage value) {
                if (!losesAnswer) {
                    answers.add(() -> message.answered().accept(value));
                }
            }

            @Override
            public void fail(ApiException error) {
                throw new AssertionError("an error that is no answer", error);
            }
        });
    }

    void deliverSomethingLate() {
        if (!late.isEmpty()) {
            deliver(late.remove(random.nextInt(late.size())), random.nextBoolean());
        }
    }

    /** Clients hear their answers in a turn of their own. */
    void deliverAnswers() {
        for (Runnable answer = answers.poll(); answer != null; answer = answers.poll()) {
            answer.run();
        }
    }

    /** Everything that is still under way arrives, and nothing gets lost any more. */
    void calmDown() {
        reliable = true;
        while (!late.isEmpty()) {
            deliverSomethingLate();
            broker.settle();
        }
    }
}
