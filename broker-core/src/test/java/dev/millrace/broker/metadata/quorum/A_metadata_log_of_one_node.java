package dev.millrace.broker.metadata.quorum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.broker.metadata.MetadataEntry;
import dev.millrace.broker.metadata.MetadataEvent;
import dev.millrace.broker.metadata.MetadataLog;
import dev.millrace.broker.simulation.ManualLoop;
import dev.millrace.broker.simulation.NastyDisk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class A_metadata_log_of_one_node implements MetadataLog.Listener {

    private final NastyDisk disk = new NastyDisk(1);
    private final ManualLoop loop = new ManualLoop();
    private final ManualLoop diskPool = new ManualLoop();
    private final List<String> told = new ArrayList<>();
    private MetadataLog log;

    @BeforeEach
    void open() throws IOException {
        log = SingleNodeMetadataLog.open(disk, loop, diskPool);
        log.start(this);
        told.clear();
    }

    @Override
    public void onCommitted(MetadataEntry entry) {
        entry.events().forEach(event -> told.add(((MetadataEvent.TopicCreated) event).name()));
    }

    @Override
    public void onLeading(int controllerEpoch) {
        told.add("leading");
    }

    @Override
    public void onResigned() {
        told.add("resigned");
    }

    @Override
    public void onFailed(IOException cause) {
        told.add("failed: " + cause.getMessage());
    }

    private void append(String topic) {
        log.append(new MetadataEntry(0, 0, List.of(new MetadataEvent.TopicCreated(topic, new Uuid(1, 1)))));
    }

    private void settle() {
        diskPool.runAll();
        loop.runAll();
    }

    private void reopen() throws IOException {
        disk.killProcess();
        log = SingleNodeMetadataLog.open(disk, loop, diskPool);
        told.clear();
        log.start(this);
    }

    @Test
    void commits_what_is_on_the_disk() throws IOException {
        append("a");
        assertThat(told).isEmpty();

        settle();
        assertThat(told).containsExactly("a");
        disk.failPower();
        reopen();
        assertThat(told).containsExactly("a", "leading");
    }

    @Test
    void refuses_entries_while_its_disk_is_full_and_takes_them_again_afterwards() throws IOException {
        append("a");
        settle();
        disk.leaveRoomFor(0);
        assertThatThrownBy(() -> append("b"))
                .isInstanceOf(KafkaStorageException.class)
                .hasMessageContaining(SingleNodeMetadataLog.DIRECTORY)
                .hasMessageContaining("full");

        disk.makeRoom();
        append("c");
        settle();
        assertThat(told).containsExactly("a", "c");
        reopen();
        assertThat(told).containsExactly("a", "c", "leading");
    }

    @Test
    void takes_back_what_waited_behind_an_entry_when_there_is_no_room_for_it() {
        append("a");
        append("b");
        disk.leaveRoomFor(0);
        settle();

        assertThat(told).containsExactly("a", "resigned", "leading");
    }

    @Test
    void is_closed_on_a_full_disk_without_a_word_and_recovered_afterwards() throws IOException {
        append("a");
        settle();
        disk.leaveRoomFor(0);
        log.close();

        disk.makeRoom();
        reopen();
        assertThat(told).containsExactly("a", "leading");
    }

    @Test
    void fails_for_good_with_its_disk() {
        disk.breakDown();
        assertThatThrownBy(() -> append("a")).isInstanceOf(KafkaStorageException.class);

        assertThat(told).hasSize(1).first().asString().startsWith("failed: ");
        disk.mend();
        assertThatThrownBy(() -> append("b")).isInstanceOf(KafkaStorageException.class);
    }

    @Test
    void commits_nothing_once_its_directory_is_gone() throws IOException {
        append("a");
        settle();
        disk.rename(SingleNodeMetadataLog.DIRECTORY, "elsewhere");
        append("b");
        settle();

        assertThat(told).first().isEqualTo("a");
        assertThat(told).last().asString().startsWith("failed: ").contains(SingleNodeMetadataLog.DIRECTORY);
    }
}
