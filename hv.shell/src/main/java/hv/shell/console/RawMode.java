package hv.shell.console;

import java.util.EnumSet;
import org.jline.terminal.Attributes;
import org.jline.terminal.Attributes.ControlChar;
import org.jline.terminal.Attributes.InputFlag;
import org.jline.terminal.Attributes.LocalFlag;
import org.jline.terminal.Attributes.OutputFlag;
import org.jline.terminal.Terminal;

/**
 * A terminal that passes every byte both ways, until closed. Unlike the terminal library's raw mode it passes Ctrl-C, Ctrl-Z and Ctrl-\ too, leaves output alone,
 * and lets a read wait for a byte.
 */
public final class RawMode implements AutoCloseable {
    private final Terminal terminal;
    private final Attributes before;

    public RawMode(Terminal terminal) {
        this.terminal = terminal;
        this.before = terminal.getAttributes();
        Attributes raw = new Attributes(before);
        raw.setLocalFlags(EnumSet.of(LocalFlag.ICANON, LocalFlag.ECHO, LocalFlag.IEXTEN, LocalFlag.ISIG), false);
        raw.setInputFlags(EnumSet.of(InputFlag.IXON, InputFlag.ICRNL, InputFlag.INLCR, InputFlag.IGNCR, InputFlag.BRKINT, InputFlag.ISTRIP), false);
        raw.setOutputFlags(EnumSet.of(OutputFlag.OPOST), false);
        raw.setControlChar(ControlChar.VMIN, 1);
        raw.setControlChar(ControlChar.VTIME, 0);
        terminal.setAttributes(raw);
    }

    @Override
    public void close() {
        terminal.setAttributes(before);
    }
}
