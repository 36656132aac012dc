package hv.itest;

import hv.api.machine.Machine;
import hv.api.machine.NicSpec;
import hv.machine.Platform;

/** In the nested host: two Debians on KVM at once, with a wire between them. */
final class NestedPair {
    private NestedPair() {
    }

    public static void main(String[] arguments) throws Exception {
        try (Platform platform = Platform.embedded()) {
            Machine a = platform.hypervisor().create(NestedHost.spec("a", 1).withNic(NicSpec.parse("stream,server=on,path=/tmp/wire")));
            Machine b = platform.hypervisor().create(NestedHost.spec("b", 1).withSetting("virtio", "pci").withNic(NicSpec.parse("stream,path=/tmp/wire")));
            a.start();
            b.start();
            DebianGuest da = new DebianGuest(a).awaitShell();
            DebianGuest db = new DebianGuest(b).awaitShell();
            NestedHost.say("two shells");
            da.run(NetworkTest.address(1), 60);
            db.run(NetworkTest.address(2) + "; dd if=/dev/urandom of=/tmp/r bs=1M count=4 2>/dev/null", 60);
            String receives = da.start(NetworkTest.RECEIVE);
            db.run("while ! ping -c 1 -w 1 10.9.0.1 >/dev/null; do true; done", 60);
            String sent = NetworkTest.sum(db.run("md5sum </tmp/r | sed 's/^/sum:/'; nc 10.9.0.1 5000 </tmp/r", 120));
            NestedHost.check(sent.equals(NetworkTest.sum(da.end(receives, 120))), "what was sent came");
            NestedHost.checkHealth(platform.hypervisor());
            NestedHost.say("4 MiB from the one on PCI to the one on MMIO; " + a.nics());
            NestedHost.say("exits of the one on PCI: " + b.exits());
        }
    }
}
