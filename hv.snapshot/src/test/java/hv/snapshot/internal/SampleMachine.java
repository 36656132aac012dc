package hv.snapshot.internal;

import hv.api.HvException;
import hv.api.machine.Console;
import hv.api.machine.ExitCount;
import hv.api.machine.Machine;
import hv.api.machine.MachineInfo;
import hv.api.machine.MachineSink;
import hv.api.machine.MachineSpec;
import hv.api.machine.MachineState;
import hv.api.part.PartInfo;
import hv.api.part.ReplaceReport;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A machine that can be saved, and nothing else; told to fail, it does. */
final class SampleMachine implements Machine {
    int failAfterRuns = -1;
    int interruptAfterRuns = -1;
    RuntimeException bug;

    @Override
    public void save(MachineSink sink) throws HvException {
        Sample.handOut(new MachineSink() {
            private int runs;

            @Override
            public void machine(MachineSpec spec, boolean wasRunning) throws HvException {
                sink.machine(spec, wasRunning);
            }

            @Override
            public void part(String path, String type, hv.api.state.StateImage state, Map<String, String> claims) throws HvException {
                sink.part(path, type, state, claims);
            }

            @Override
            public void ram(long gpa, MemorySegment bytes) throws HvException {
                if (runs == failAfterRuns) {
                    throw new HvException("the machine says no");
                }
                if (runs == interruptAfterRuns) {
                    Thread.currentThread().interrupt();
                }
                if (bug != null) {
                    throw bug;
                }
                runs++;
                sink.ram(gpa, bytes);
            }
        }, 1, 2, 10, 300);
    }

    @Override
    public String engine() {
        throw new UnsupportedOperationException();
    }

    @Override
    public String name() {
        return "sample";
    }

    @Override
    public MachineSpec spec() {
        return Sample.SPEC;
    }

    @Override
    public MachineState state() {
        return MachineState.RUNNING;
    }

    private static IllegalStateException notAsked() {
        return new IllegalStateException("a snapshot asks this of no machine");
    }

    @Override
    public MachineInfo info() {
        throw notAsked();
    }

    @Override
    public void start() {
        throw notAsked();
    }

    @Override
    public void pause() {
        throw notAsked();
    }

    @Override
    public void resume() {
        throw notAsked();
    }

    @Override
    public void stop(Duration grace) {
        throw notAsked();
    }

    @Override
    public void reset() {
        throw notAsked();
    }

    @Override
    public boolean awaitEnd(Duration atMost) {
        throw notAsked();
    }

    @Override
    public Console console() {
        throw notAsked();
    }

    @Override
    public List<ExitCount> exits() {
        throw notAsked();
    }

    @Override
    public List<PartInfo> parts() {
        throw notAsked();
    }

    @Override
    public hv.api.debug.DebugSession debug() {
        throw notAsked();
    }

    @Override
    public ReplaceReport replace(String path, String bundle) {
        throw notAsked();
    }

    @Override
    public List<hv.api.machine.NicInfo> nics() {
        return List.of();
    }

    @Override
    public List<hv.api.machine.SettingInfo> settings() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void set(String setting, String value) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void setLink(String nic, boolean up) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void capture(String nic, java.nio.file.Path file) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long[] replaceStops() {
        throw notAsked();
    }
}
