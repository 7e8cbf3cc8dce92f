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

    @Property(tries = 400)
    void finds_the_frames_however_the_bytes_arrive(
            @ForAll @Size(max = 8) List<@IntRange(max = 300) Integer> sizes,
            @ForAll @Size(max = 30) List<@IntRange(min = 1, max = 200) Integer> chunks,
            @ForAll boolean inPlace,
            @ForAll @IntRange(max = 2_000) int spare) {
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
        reader.spare(spare);
        for (int chunk : chunks) {
            receive(stream, Math.min(chunk, stream.readableBytes()), inPlace, reader);
            drain(reader, found);
        }
        while (stream.isReadable()) {
            receive(stream, stream.readableBytes(), inPlace, reader);
            drain(reader, found);
        }

        assertThat(found).usingRecursiveFieldByFieldElementComparator().containsExactlyElementsOf(expected);
        stream.release();
    }

    /** As from a socket: into the rest of a frame, when there is one, as much as it has room for. */
    private static void receive(ByteBuf stream, int bytes, boolean inPlace, FrameReader reader) {
        ByteBuf rest = inPlace ? reader.rest(bytes % 2 == 0) : null;
        if (rest == null) {
            reader.add(Unpooled.copiedBuffer(stream.readSlice(bytes)));
        } else {
            reader.add(rest.writeBytes(stream, Math.min(bytes, rest.writableBytes())));
        }
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

    @Test
    void reads_the_rest_of_a_frame_to_where_it_belongs() {
        frames.add(Unpooled.buffer().writeInt(4).writeByte(1));
        assertThat(frames.next()).isNull();
        ByteBuf rest = frames.rest(true).writeByte(2);
        frames.add(rest);
        assertThat(frames.next()).isNull();
        rest = frames.rest(true);
        assertThat(rest.writableBytes()).as("no byte of the next frame").isEqualTo(2);
        ByteBuf sameMemory = rest.writeByte(3).writeByte(4).duplicate();
        frames.add(rest);
        ByteBuf frame = frames.next();
        sameMemory.setByte(0, 9);
        assertThat(ByteBufUtil.getBytes(frame)).containsExactly(1, 2, 9, 4);
        frame.release();
        assertThat(frame.refCnt()).isZero();
    }

    @Test
    void lets_go_of_the_rest_of_a_frame_into_which_nothing_came() {
        frames.add(Unpooled.buffer().writeInt(4).writeByte(1));
        assertThat(frames.next()).isNull();
        ByteBuf rest = frames.rest(true);
        rest.release();
        frames.add(Unpooled.buffer().writeByte(2).writeByte(3).writeByte(4));
        ByteBuf frame = frames.next();
        assertThat(ByteBufUtil.getBytes(frame)).containsExactly(1, 2, 3, 4);
        frame.release();
        assertThat(frame.refCnt()).isZero();
    }

    @Test
    void gives_a_frame_as_much_as_the_one_before_it() {
        frames.add(Unpooled.buffer().writeInt(9_000).writeBytes(new byte[9_000]));
        frames.next().release();
        frames.add(Unpooled.buffer().writeInt(9_000).writeByte(1));
        assertThat(frames.next()).isNull();
        assertThat(frames.bytesHeld()).isEqualTo(9_000);
        frames.close();
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
