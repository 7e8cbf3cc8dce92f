package dev.millrace.broker.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameReaderTest {

    private static final int FRAME_BYTES_MAX = 10_000;

    private final FrameReader frames = new FrameReader(FRAME_BYTES_MAX, UnpooledByteBufAllocator.DEFAULT);

    @Property(tries = 200)
    void finds_the_frames_however_the_bytes_arrive(
            @ForAll @Size(max = 8) List<@IntRange(max = 300) Integer> sizes,
            @ForAll @Size(max = 30) List<@IntRange(min = 1, max = 200) Integer> chunks) {
        FrameReader reader = new FrameReader(FRAME_BYTES_MAX, UnpooledByteBufAllocator.DEFAULT);
        ByteBuf stream = Unpooled.buffer();
        List<byte[]> expected = new ArrayList<>();
        for (int size : sizes) {
            byte[] body = new byte[size];
            for (int i = 0; i < size; i++) {
                body[i] = (byte) (size + i);
            }
            stream.writeInt(size).writeBytes(body);
            expected.add(body);
        }

        List<byte[]> found = new ArrayList<>();
        for (int chunk : chunks) {
            reader.add(Unpooled.copiedBuffer(stream.readSlice(Math.min(chunk, stream.readableBytes()))));
            drain(reader, found);
        }
        reader.add(Unpooled.copiedBuffer(stream));
        drain(reader, found);

        assertThat(found).usingRecursiveFieldByFieldElementComparator().containsExactlyElementsOf(expected);
        stream.release();
    }

    private static void drain(FrameReader reader, List<byte[]> found) {
        for (ByteBuf frame = reader.next(); frame != null; frame = reader.next()) {
            found.add(ByteBufUtil.getBytes(frame));
            frame.release();
        }
    }

    @Test
    void does_not_copy_a_frame_that_arrived_in_one_piece() {
        ByteBuf received = Unpooled.buffer().writeInt(3).writeBytes(new byte[] {1, 2, 3});
        frames.add(received);
        ByteBuf frame = frames.next();
        received.setByte(4, 9);
        assertThat(frame.getByte(0)).isEqualTo((byte) 9);
        frame.release();
        assertThat(received.refCnt()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {FRAME_BYTES_MAX + 1, Integer.MAX_VALUE, -1, 0x47455420})
    void refuses_a_size_that_no_request_has_before_its_bytes_arrive(int size) {
        frames.add(Unpooled.buffer().writeInt(size));
        assertThatThrownBy(frames::next)
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining(String.valueOf(size))
                .hasMessageContaining("socket.request.max.bytes");
    }

    @Test
    void lets_go_of_what_became_no_frame() {
        ByteBuf first = Unpooled.buffer().writeInt(100).writeBytes(new byte[50]);
        ByteBuf second = Unpooled.buffer().writeBytes(new byte[60]);
        frames.add(first);
        assertThat(frames.next()).isNull();
        frames.add(second);
        frames.close();
        assertThat(first.refCnt()).isZero();
        assertThat(second.refCnt()).isZero();
    }

    @Test
    void holds_no_more_than_a_few_times_what_has_come_whatever_the_size_says() {
        FrameReader reader = new FrameReader(Integer.MAX_VALUE, UnpooledByteBufAllocator.DEFAULT);
        reader.add(Unpooled.buffer().writeInt(Integer.MAX_VALUE));
        assertThat(reader.next()).isNull();
        assertThat(reader.bytesHeld()).isLessThan(10_000);
        reader.add(Unpooled.buffer().writeBytes(new byte[100_000]));
        assertThat(reader.next()).isNull();
        assertThat(reader.bytesHeld()).isBetween(100_000L, 400_000L);
        assertThat(reader.isAmidFrame()).isTrue();
        reader.close();
        assertThat(reader.bytesHeld()).isZero();
    }

    @Test
    void gives_a_frame_no_more_than_what_is_there_when_there_is_nothing_to_spare() {
        FrameReader reader = new FrameReader(Integer.MAX_VALUE, UnpooledByteBufAllocator.DEFAULT);
        reader.spare(-1);
        reader.add(Unpooled.buffer().writeInt(1_000_000).writeBytes(new byte[100_000]));
        assertThat(reader.next()).isNull();
        assertThat(reader.bytesHeld()).isEqualTo(100_000);
        reader.close();
    }

    @Test
    void is_between_frames_once_all_were_taken() {
        frames.add(Unpooled.buffer().writeInt(1).writeByte(7));
        assertThat(frames.isAmidFrame()).isTrue();
        frames.next().release();
        assertThat(frames.isAmidFrame()).isFalse();
        assertThat(frames.bytesHeld()).isZero();
    }
}
