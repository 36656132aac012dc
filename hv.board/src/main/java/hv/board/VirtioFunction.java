package hv.board;

import hv.api.device.BackendSpec;
import hv.api.device.DeviceSpec;
import hv.api.machine.DiskSpec;
import hv.api.machine.NicSpec;
import hv.api.part.PartKind;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * A virtio device of a machine before it has its place: what its model is told, and what is behind it.
 *
 * @param properties of the device, "model" among them
 * @param backends   what is behind it; their paths are names below the device's path
 */
record VirtioFunction(Map<String, String> properties, List<BackendSpec> backends) {
    /** Option of a network card that the host serves, whatever its backend. */
    private static final String CAPTURE_OPTION = "pcap";
    /** Name of the backend of a device that has one. */
    private static final String BACKEND = "backend";

    VirtioFunction {
        properties = Map.copyOf(properties);
        backends = List.copyOf(backends);
    }

    /** A device with nothing behind it. */
    static VirtioFunction of(String model) {
        return new VirtioFunction(Map.of("model", model), List.of());
    }

    static VirtioFunction disk(DiskSpec disk) {
        return new VirtioFunction(Map.of("model", "virtio-blk"), List.of(bytes(BACKEND, disk)));
    }

    /** A SCSI controller: disk i is LUN 0 of target i, and its backend's name "disk" i. */
    static VirtioFunction scsi(List<DiskSpec> disks) {
        return new VirtioFunction(Map.of("model", "virtio-scsi"), IntStream.range(0, disks.size()).mapToObj(i -> bytes("disk" + i, disks.get(i))).toList());
    }

    private static BackendSpec bytes(String name, DiskSpec disk) {
        return new BackendSpec(name, PartKind.BLOCK_BACKEND, disk.format(),
                Map.of("path", disk.file().toString(), "read-only", Boolean.toString(disk.readOnly())));
    }

    /** @param mac its address if the card asks for none of its own */
    static VirtioFunction card(NicSpec nic, String mac) {
        Map<String, String> options = new TreeMap<>(nic.options());
        options.remove(CAPTURE_OPTION);
        return new VirtioFunction(Map.of("model", "virtio-net", "mac", nic.mac().isEmpty() ? mac : nic.mac()),
                List.of(new BackendSpec(BACKEND, PartKind.NET_BACKEND, nic.backend(), options)));
    }

    /** The same with one more property. */
    VirtioFunction with(String name, String value) {
        Map<String, String> more = new TreeMap<>(properties);
        more.put(name, value);
        return new VirtioFunction(more, backends);
    }

    /** The device at its place. @param transport factory type */
    DeviceSpec at(String path, String transport, long gpa, long lenBytes, int source) {
        return new DeviceSpec(path, transport, gpa, lenBytes, source, properties,
                backends.stream().map(b -> new BackendSpec(path + "/" + b.path(), b.kind(), b.type(), b.properties())).toList());
    }
}
