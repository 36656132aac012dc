package hv.bench.internal;

/**
 * What a machine of ours says of itself at a moment.
 *
 * @param epochNanos     the moment, nanoseconds since 1970
 * @param instructions   guest instructions retired since start
 * @param touchedBytes   resident guest RAM
 * @param allocatedBytes bytes that the threads of the host-CPU slots have allocated on the Java heap since their start
 * @param heapBytes      Java heap that is committed, of the whole process
 * @param nonHeapBytes   compiled code and class data that are committed, of the whole process
 */
record Counters(long epochNanos, long instructions, long touchedBytes, long allocatedBytes,
        long heapBytes, long nonHeapBytes) {
}
