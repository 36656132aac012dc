package hv.shell.console;

/** A command's result that is the exit status of the process which asked for it, and is not printed. */
public record CommandStatus(int status) {
}
