package hv.shell.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import org.apache.felix.gogo.jline.Builtin;
import org.apache.felix.gogo.jline.Converters;
import org.apache.felix.gogo.jline.Posix;
import org.apache.felix.gogo.jline.Procedural;
import org.apache.felix.gogo.jline.Shell;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.Converter;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * Gogo's interactive commands, and the door through which clients come. Takes the place of Gogo JLine's own activator, which would open a shell on the
 * terminal of the process itself; that bundle is therefore installed but not started.
 */
@Component(service = {}, immediate = true)
public final class ShellService {
    /** As the classes of Gogo JLine 1.1.8 declare them (the lists themselves are not visible to others). */
    private static final String[] BUILTIN = {"format", "getopt", "new", "set", "tac", "type", "jobs", "fg", "bg", "keymap", "setopt", "unsetopt", "complete",
        "history", "widget", "__files", "__directories", "__usage_completion"};
    private static final String[] PROCEDURAL = {"each", "if", "not", "throw", "try", "until", "while", "break", "continue"};
    private static final String[] POSIX = {"cat", "echo", "grep", "sort", "sleep", "cd", "pwd", "ls", "less", "watch", "nano", "head", "tail", "clear", "wc", "date"};
    private static final String[] SHELL = {"source", "help"};

    private final List<ServiceRegistration<?>> registrations = new ArrayList<>();
    private final ShellServer server;

    @Activate
    public ShellService(BundleContext context, @Reference CommandProcessor processor) throws IOException {
        String home = context.getProperty("hv.home");
        if (home == null) {
            throw new IOException("the framework property hv.home is not set: no place for the shell's socket");
        }
        Shell.Context shellContext = new Shell.Context() {
            @Override
            public String getProperty(String name) {
                return context.getProperty("gosh.home".equals(name) ? "hv.dist" : name);
            }

            @Override
            public void exit() {
                // A shell that ends takes nothing with it: hv:shutdown stops the platform.
            }
        };
        SessionCommands sessions = new SessionCommands(shellContext, processor);
        register(context, "gogo", new Builtin(), BUILTIN);
        register(context, "gogo", new Procedural(), PROCEDURAL);
        register(context, "gogo", new Posix(processor), POSIX);
        register(context, "gogo", new Shell(shellContext, processor, SessionCommands.PROFILE), SHELL);
        register(context, "gogo", sessions, SessionCommands.BEGINNING);
        register(context, "hv", sessions, SessionCommands.ENDING);
        registrations.add(context.registerService(Converter.class, new Converters(context.getBundle(0).getBundleContext()), null));
        server = ShellServer.open(processor, sessions, Path.of(home, "run", "shell.sock"), Path.of(home, "history"));
    }

    private void register(BundleContext context, String scope, Object commands, String[] functions) {
        Hashtable<String, Object> properties = new Hashtable<>();
        properties.put(CommandProcessor.COMMAND_SCOPE, scope);
        properties.put(CommandProcessor.COMMAND_FUNCTION, functions);
        registrations.add(context.registerService(Object.class, commands, properties));
    }

    @Deactivate
    void close() throws IOException {
        registrations.forEach(ServiceRegistration::unregister);
        server.close();
    }
}
