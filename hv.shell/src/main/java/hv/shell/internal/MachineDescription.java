package hv.shell.internal;

import hv.api.HvException;
import hv.api.Progress;
import hv.api.SpecException;
import hv.api.machine.DiskSpec;
import hv.api.machine.Guests;
import hv.api.machine.MachineSpec;
import hv.api.machine.NicSpec;
import hv.shell.text.ByteSize;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * A machine as YAML.
 * <pre>
 * name: web                 required unless the caller gives one
 * guest: debian             a guest of the catalog, or kernel
 * image: debian             a disk image of ./hv image build, or its file: its first disk, and what boots it
 * firmware: path            of machine mode; without it the platform is the firmware; none: the kernel starts in machine mode
 * kernel: path
 * initrd: path
 * append: text              kernel command line; with guest, added to the guest's own
 * memory: 512M
 * cpus: 1
 * board: riscv-virt
 * disks:                    each a path, or {file: path, format: raw, readOnly: true, bus: scsi}
 * nics:                     each as for --net, e.g. "user", or {backend: user, mac: address, options: {key: value}}
 * settings: {strict: true}
 * </pre>
 * Paths are relative to the description's folder. The text is taken as hostile: at most 1 MiB, no aliases, unknown keys refused.
 */
final class MachineDescription {
    private static final int MAX_BYTES = 1 << 20;
    private static final Set<String> KEYS = Set.of("name", "guest", "image", "firmware", "kernel", "initrd", "append", "memory", "cpus", "board", "disks", "nics", "settings");
    private static final Set<String> DISK_KEYS = Set.of("file", "format", "readOnly", "bus");
    private static final Set<String> NIC_KEYS = Set.of("backend", "mac", "options");

    private final String source;
    private final Path folder;
    private final Map<String, Object> values;

    private MachineDescription(String source, Path folder, Map<String, Object> values) {
        this.source = source;
        this.folder = folder;
        this.values = values;
    }

    /** Reads a file. */
    static MachineDescription read(Path file) throws SpecException {
        try {
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                throw new SpecException("description " + file + " is no file: name one");
            }
            if (Files.size(file) > MAX_BYTES) {
                throw new SpecException("description " + file + " is longer than 1 MiB");
            }
            return parse(file.toString(), file.toAbsolutePath().getParent(), Files.readString(file));
        } catch (NoSuchFileException e) {
            throw new SpecException("description " + file + ": no such file", e);
        } catch (CharacterCodingException e) {
            throw new SpecException("description " + file + " is no text in UTF-8", e);
        } catch (IOException e) {
            throw new SpecException("description " + file + " cannot be read: " + e.getClass().getSimpleName() + ": " + e.getMessage(), e);
        }
    }

    /** @param source for error messages; @param folder where relative paths begin */
    static MachineDescription parse(String source, Path folder, String yaml) throws SpecException {
        LoadSettings settings = LoadSettings.builder().setLabel(source).setCodePointLimit(MAX_BYTES).setMaxAliasesForCollections(0).setAllowDuplicateKeys(false).build();
        Object root;
        try {
            root = new Load(settings).loadFromString(yaml);
        } catch (YamlEngineException e) {
            throw new SpecException("description " + source + " is no YAML: " + oneLine(e.getMessage()), e);
        } catch (StackOverflowError e) {
            throw new SpecException("description " + source + " is nested too deeply", e);
        }
        if (!(root instanceof Map<?, ?> map)) {
            throw new SpecException("description " + source + ": begin with keys such as name: and kernel:");
        }
        Map<String, Object> values = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (!(entry.getKey() instanceof String key) || !KEYS.contains(key)) {
                throw new SpecException("description " + source + ": unknown key " + entry.getKey() + "; there are " + String.join(", ", KEYS.stream().sorted().toList()));
            }
            values.put(key, entry.getValue());
        }
        return new MachineDescription(source, folder, values);
    }

    /** From values as {@link #parse} takes them, without text; nulls are left out. */
    static MachineDescription of(Path folder, Map<String, Object> values) {
        Map<String, Object> present = new LinkedHashMap<>();
        values.forEach((key, value) -> {
            if (value != null) {
                present.put(key, value);
            }
        });
        return new MachineDescription("options", folder, present);
    }

    private static String oneLine(String message) {
        return message == null ? "" : message.strip().replaceAll("\\s+", " ");
    }

    /**
     * @param otherwise the name where the description has none, or null
     * @param guests    for descriptions that name a guest; null where none can be had
     */
    MachineSpec spec(String otherwise, Guests guests, Progress progress) throws HvException {
        String name = values.get("name") == null ? otherwise : text("name");
        if (name == null) {
            throw new SpecException(source + ": the machine has no name: give one");
        }
        boolean isGuest = values.get("guest") != null;
        boolean isImage = values.get("image") != null;
        boolean isKernel = values.get("kernel") != null;
        boolean isBare = MachineSpec.NO_FIRMWARE.equals(values.get("firmware"));
        boolean isFirmware = values.get("firmware") != null && !isBare;
        int sources = (isGuest ? 1 : 0) + (isImage ? 1 : 0) + (isKernel ? 1 : 0);
        if (sources > 1 || sources == 0 && !isFirmware || (isGuest || isImage) && guests == null) {
            throw new SpecException(source + ": name " + (guests == null ? "a kernel or a firmware" : "either a guest (" + String.join(", ", guests.names()) + "), an image or a kernel, or a firmware"));
        }
        try {
            MachineSpec spec = isGuest ? guests.spec(text("guest"), name, progress)
                    : isImage ? guests.ofImage(text("image"), folder, name)
                    : isKernel ? MachineSpec.named(name, path("kernel")) : MachineSpec.ofFirmware(name, path("firmware"));
            Path firmware = isFirmware ? path("firmware") : null;
            String board = values.get("board") == null ? spec.board() : text("board");
            String append = values.get("append") == null ? "" : text("append");
            String commandLine = spec.commandLine().isEmpty() || append.isEmpty() ? spec.commandLine() + append : spec.commandLine() + " " + append;
            long memoryBytes = values.get("memory") == null ? spec.memoryBytes() : ByteSize.parse(text("memory"));
            int vcpus = values.get("cpus") == null ? spec.vcpus() : cpus();
            Path initrd = values.get("initrd") == null ? spec.initrd() : path("initrd");
            MachineSpec whole = new MachineSpec(name, board, memoryBytes, vcpus, firmware, spec.kernel(), initrd, commandLine, disks(spec.disks()), nics(), settings(spec.settings()));
            return isBare ? whole.withKernelAsFirmware() : whole;
        } catch (IllegalArgumentException e) {
            throw new SpecException(source + ": " + e.getMessage(), e);
        }
    }

    private String text(String key) throws SpecException {
        Object value = values.get(key);
        if (value instanceof String || value instanceof Number || value instanceof Boolean) {
            return value.toString();
        }
        throw new SpecException(source + ": " + key + " is to be a text, not " + kind(value));
    }

    private static String kind(Object value) {
        return switch (value) {
            case null -> "nothing";
            case Map<?, ?> map -> "a mapping";
            case List<?> list -> "a list";
            default -> value.toString();
        };
    }

    private Path path(String key) throws SpecException {
        return path(key, text(key));
    }

    private Path path(String key, String text) throws SpecException {
        try {
            return folder.resolve(text).normalize();
        } catch (InvalidPathException e) {
            throw new SpecException(source + ": " + key + " \"" + text + "\" is no path", e);
        }
    }

    private int cpus() throws SpecException {
        if (values.get("cpus") instanceof Integer n) {
            return n;
        }
        throw new SpecException(source + ": cpus is to be a number, not " + kind(values.get("cpus")));
    }

    /** @param first those of an image */
    private List<DiskSpec> disks(List<DiskSpec> first) throws SpecException {
        Object value = values.get("disks");
        List<DiskSpec> disks = new ArrayList<>(first);
        if (value == null) {
            return disks;
        }
        if (!(value instanceof List<?> list)) {
            throw new SpecException(source + ": disks is to be a list, not " + kind(value));
        }
        for (Object entry : list) {
            disks.add(switch (entry) {
                case String file -> DiskSpec.raw(path("disks", file));
                case Map<?, ?> map -> disk(map);
                case null, default -> throw new SpecException(source + ": a disk is to be a path or a mapping with file, not " + kind(entry));
            });
        }
        return disks;
    }

    private DiskSpec disk(Map<?, ?> map) throws SpecException {
        for (Object key : map.keySet()) {
            if (!(key instanceof String name) || !DISK_KEYS.contains(name)) {
                throw new SpecException(source + ": a disk has file, format, readOnly and bus, not " + key);
            }
        }
        if (!(map.get("file") instanceof String file)) {
            throw new SpecException(source + ": a disk needs a file");
        }
        String format = map.get("format") == null ? "raw" : map.get("format").toString();
        String bus = map.get("bus") == null ? DiskSpec.VIRTIO : map.get("bus").toString();
        return switch (map.get("readOnly")) {
            case null -> new DiskSpec(path("disks", file), format, false, bus);
            case Boolean readOnly -> new DiskSpec(path("disks", file), format, readOnly, bus);
            default -> throw new SpecException(source + ": readOnly is to be true or false");
        };
    }

    private List<NicSpec> nics() throws SpecException {
        Object value = values.get("nics");
        List<NicSpec> nics = new ArrayList<>();
        if (value == null) {
            return nics;
        }
        if (!(value instanceof List<?> list)) {
            throw new SpecException(source + ": nics is to be a list, not " + kind(value));
        }
        for (Object entry : list) {
            NicSpec nic = switch (entry) {
                case String text -> NicSpec.parse(text);
                case Map<?, ?> map -> nic(map);
                case null, default -> throw new SpecException(source + ": a network card is to be a text such as user or a mapping with backend, not " + kind(entry));
            };
            if (!nic.backend().equals(NicSpec.NONE)) {
                nics.add(nic.in(folder));
            }
        }
        return nics;
    }

    private NicSpec nic(Map<?, ?> map) throws SpecException {
        for (Object key : map.keySet()) {
            if (!(key instanceof String name) || !NIC_KEYS.contains(name)) {
                throw new SpecException(source + ": a network card has backend, mac and options, not " + key);
            }
        }
        if (!(map.get("backend") instanceof String backend)) {
            throw new SpecException(source + ": a network card needs a backend, for example user");
        }
        Object options = map.get("options");
        return new NicSpec(backend, map.get("mac") == null ? "" : map.get("mac").toString(), options == null ? Map.of() : texts("option", options, Map.of()));
    }

    private Map<String, String> settings(Map<String, String> before) throws SpecException {
        Object value = values.get("settings");
        return value == null ? before : texts("setting", value, before);
    }

    /** A mapping of texts, over those there were before. @param what one of them is */
    private Map<String, String> texts(String what, Object value, Map<String, String> before) throws SpecException {
        if (!(value instanceof Map<?, ?> map)) {
            throw new SpecException(source + ": " + what + "s is to be a mapping, not " + kind(value));
        }
        Map<String, String> texts = new TreeMap<>(before);
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (entry.getKey() == null || entry.getValue() == null || entry.getValue() instanceof Map || entry.getValue() instanceof List) {
                throw new SpecException(source + ": " + what + " " + entry.getKey() + " is to be a text, not " + kind(entry.getValue()));
            }
            texts.put(entry.getKey().toString(), entry.getValue().toString());
        }
        return texts;
    }

    /** The description of a machine, with absolute paths; {@link #parse} and {@link #spec} give the same machine again. */
    static String format(MachineSpec spec) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("name", spec.name());
        values.put("board", spec.board());
        values.put("memory", spec.memoryBytes() % MachineSpec.MIB == 0 ? spec.memoryBytes() / MachineSpec.MIB + "M" : Long.toString(spec.memoryBytes()));
        values.put("cpus", spec.vcpus());
        if (spec.firmware() != null) {
            values.put("firmware", spec.firmware().toString());
        }
        if (spec.kernel() != null) {
            values.put("kernel", spec.kernel().toString());
        }
        if (spec.initrd() != null) {
            values.put("initrd", spec.initrd().toString());
        }
        if (!spec.commandLine().isEmpty()) {
            values.put("append", spec.commandLine());
        }
        if (!spec.disks().isEmpty()) {
            List<Object> disks = new ArrayList<>();
            for (DiskSpec disk : spec.disks()) {
                Map<String, Object> entry = new LinkedHashMap<>();
                entry.put("file", disk.file().toString());
                entry.put("format", disk.format());
                entry.put("readOnly", disk.readOnly());
                entry.put("bus", disk.bus());
                disks.add(entry);
            }
            values.put("disks", disks);
        }
        if (!spec.nics().isEmpty()) {
            List<Object> nics = new ArrayList<>();
            for (NicSpec nic : spec.nics()) {
                Map<String, Object> entry = new LinkedHashMap<>();
                entry.put("backend", nic.backend());
                entry.put("mac", nic.mac());
                entry.put("options", new TreeMap<>(nic.options()));
                nics.add(entry);
            }
            values.put("nics", nics);
        }
        if (!spec.settings().isEmpty()) {
            values.put("settings", new TreeMap<>(spec.settings()));
        }
        return new Dump(DumpSettings.builder().setDefaultFlowStyle(FlowStyle.BLOCK).build()).dumpToString(values);
    }
}
