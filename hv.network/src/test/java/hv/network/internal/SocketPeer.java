package hv.network.internal;

import hv.testkit.NetBackendLaws;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** The world's end of a stream of frames, written apart from the code under test. */
final class SocketPeer implements NetBackendLaws.Peer {
    final SocketChannel channel;

    SocketPeer(SocketChannel channel) {
        this.channel = channel;
    }

    @Override
    public void send(byte[] frame) throws IOException {
        ByteBuffer b = ByteBuffer.allocate(4 + frame.length).putInt(frame.length).put(frame).flip();
        while (b.hasRemaining()) {
            channel.write(b);
        }
    }

    @Override
    public byte[] receive(long millis) throws IOException {
        byte[] length = read(4, millis);
        return length == null ? null : read(ByteBuffer.wrap(length).getInt(), millis);
    }

    private byte[] read(int bytes, long millis) throws IOException {
        ByteBuffer b = ByteBuffer.allocate(bytes);
        try (Selector s = Selector.open()) {
            channel.configureBlocking(false);
            channel.register(s, SelectionKey.OP_READ);
            while (b.hasRemaining()) {
                int n = channel.read(b);
                if (n < 0) {
                    throw new EOFException("closed");
                }
                if (n == 0 && s.select(millis) == 0) {
                    return null;
                }
                s.selectedKeys().clear();
            }
        }
        channel.configureBlocking(true);
        return b.array();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
