package hv.api.bus;

/**
 * Where the bus has the I/O ports of x86: a window that no physical address of a vCPU reaches, since those have at most 52 bits (Intel SDM volume 1, 3.3; AMD64
 * APM volume 2, 5.1). So a device with ports is like any other, and one model serves ports and memory.
 * <pre>
 * port   int    0 .. 0xffff
 * gpa    long   BASE_GPA + port
 * </pre>
 */
public final class PortSpace {
    public static final long BASE_GPA = 1L << 62;
    public static final int PORTS = 1 << 16;

    private PortSpace() {
    }

    /** The address of a port on the bus. @throws IndexOutOfBoundsException no such port */
    public static long gpa(int port) {
        if (port < 0 || port >= PORTS) {
            throw new IndexOutOfBoundsException("port " + port + " is not in 0..65535");
        }
        return BASE_GPA + port;
    }
}
