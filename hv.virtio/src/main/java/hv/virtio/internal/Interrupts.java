package hv.virtio.internal;

/** How a transport tells its driver that something happened. Any thread; with a lock of its own, since drivers read it while queues are worked on. */
interface Interrupts {
    void usedBuffers(int queue);

    void configurationChanged();

    /** The driver has reset the device. */
    void reset();

    /** From now on lines stay as they are, and messages wait. */
    void sleep();

    /** Lines are asserted again. */
    void wake();

    /** Lowers its line, unless it is asleep. */
    void close();
}
