package hv.gdb.internal;

import hv.api.HvException;
import hv.api.SpecException;
import hv.api.debug.DebugSession;
import hv.api.machine.Machine;
import hv.gdb.GdbServers;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** Names of a kernel, and where they were found. */
record KernelSymbols(List<Symbol> symbols, String source) {
    private static final int PAGE = 4096;
    private static final int CHUNK = 1 << 20;
    /** The tables of a kernel lie within so many bytes of each other. */
    private static final int WINDOW = 16 << 20;
    private static final int MAX_IMAGE = 512 << 20;
    private static final int MAX_LINES = 8_000_000;

    /** @param type as nm prints it: t and T are code */
    record Symbol(long address, char type, String name) { }

    /** Of the running kernel, at the addresses where it is; else of the machine's kernel file, at those it was linked to. */
    static KernelSymbols of(Machine machine, DebugSession session) throws HvException {
        List<Symbol> running = inRam(session);
        if (running != null) {
            return new KernelSymbols(running, "the kernel in guest RAM");
        }
        Path kernel = machine.spec().kernel();
        List<Symbol> file = kernel == null ? null : inImage(image(kernel));
        if (file == null) {
            throw new HvException("no table of symbols (CONFIG_KALLSYMS) in the guest's RAM" + (kernel == null ? "" : " nor in " + kernel)
                    + ": let the guest boot first, or give a list with --map, a System.map or a copy of its /proc/kallsyms");
        }
        return new KernelSymbols(file, kernel.toString());
    }

    /** From lines such as {@code ffffffff80002000 T _stext}; what stands behind the name (a module) is left out. */
    static KernelSymbols fromList(Path list) throws HvException {
        List<Symbol> out = new ArrayList<>();
        try (BufferedReader in = Files.newBufferedReader(list, StandardCharsets.ISO_8859_1)) {
            int lines = 0;
            for (String line; (line = in.readLine()) != null && lines < MAX_LINES; lines++) {
                String[] f = line.strip().split("\\s+", 4);
                if (f.length < 3 || f[1].length() != 1 || !f[0].matches("(0x)?[0-9a-fA-F]{1,16}")) {
                    throw new SpecException(list + " line " + (lines + 1) + " is no line of a System.map or of /proc/kallsyms");
                }
                out.add(new Symbol(Long.parseUnsignedLong(f[0].startsWith("0x") ? f[0].substring(2) : f[0], 16), f[1].charAt(0), f[2]));
            }
        } catch (IOException e) {
            throw new SpecException("cannot read " + list + ": " + reason(e), e);
        }
        if (out.stream().allMatch(s -> s.address() == 0)) {
            throw new SpecException(list + " has no addresses: in the guest, echo 0 > /proc/sys/kernel/kptr_restrict before copying /proc/kallsyms, as root");
        }
        return new KernelSymbols(out, list.toString());
    }

    GdbServers.Symbols write(Path file) throws HvException {
        byte[] elf = SymbolFile.of(symbols);
        try {
            if (Files.exists(file) && !isElf(file)) {
                throw new SpecException("cannot write " + file + ": it exists and is no ELF file; choose another name");
            }
            Files.write(file, elf);
        } catch (IOException e) {
            throw new SpecException("cannot write " + file + ": " + reason(e), e);
        }
        return new GdbServers.Symbols(symbols.size(), source);
    }

    /** A typing error must not cost somebody another file. */
    private static boolean isElf(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return Arrays.equals(in.readNBytes(4), new byte[] {0x7f, 'E', 'L', 'F'});
        }
    }

    private static String reason(IOException e) {
        return e instanceof java.nio.file.NoSuchFileException ? "no such file or folder" : e instanceof java.nio.file.AccessDeniedException ? "you may not" : e.getMessage();
    }

    private static List<Symbol> inRam(DebugSession session) throws HvException {
        BitSet touched = session.touchedPages();
        // A candidate over the border of two chunks is seen in the first, which has a little of the second.
        byte[] chunk = new byte[CHUNK + PAGE];
        for (long at = 0; at < session.ramBytes(); at += CHUNK) {
            int first = (int) (at / PAGE);
            int next = touched.nextSetBit(first);
            if (next < 0) {
                return null;
            }
            if (next > first + CHUNK / PAGE) {
                continue;
            }
            read(session, touched, at, chunk, CHUNK + PAGE);
            for (int k = 0; (k = Kallsyms.candidate(chunk, k, chunk.length)) >= 0; k++) {
                long begin = Math.max(0, at - WINDOW);
                byte[] window = new byte[(int) Math.min(at - begin + CHUNK + WINDOW, session.ramBytes() - begin)];
                read(session, touched, begin, window, window.length);
                List<Symbol> found = Kallsyms.read(window, (int) (at - begin) + k);
                if (found != null) {
                    return found;
                }
            }
        }
        return null;
    }

    /** Bytes of RAM from an offset on, zeros beyond its end; pages that were never touched stay so. */
    private static void read(DebugSession session, BitSet touched, long offset, byte[] into, int lenBytes) throws HvException {
        Arrays.fill(into, 0, lenBytes, (byte) 0);
        for (int done = 0; done < lenBytes; done += PAGE) {
            int page = (int) ((offset + done) / PAGE);
            if (touched.get(page)) {
                session.readPhysical(session.ramBase() + offset + done, into, done, Math.min(PAGE, lenBytes - done));
            }
        }
    }

    static List<Symbol> inImage(byte[] image) {
        for (int k = 0; (k = Kallsyms.candidate(image, k, image.length)) >= 0; k++) {
            int begin = Math.max(0, k - WINDOW) & ~7;
            List<Symbol> found = Kallsyms.read(Arrays.copyOfRange(image, begin, Math.min(image.length, k + WINDOW)), k - begin);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private static byte[] image(Path kernel) throws HvException {
        try (InputStream raw = Files.newInputStream(kernel)) {
            byte[] bytes = raw.readNBytes(MAX_IMAGE);
            if (bytes.length > 2 && (bytes[0] & 0xff) == 0x1f && (bytes[1] & 0xff) == 0x8b) {
                try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
                    return in.readNBytes(MAX_IMAGE);
                }
            }
            return bytes;
        } catch (IOException e) {
            throw new HvException("cannot read the kernel " + kernel + ": " + reason(e), e);
        }
    }
}
