package hv.engine.kvm.internal;

import hv.api.HvException;
import hv.api.engine.spi.Engine;
import hv.api.engine.spi.EngineContext;
import hv.api.engine.spi.EngineFactory;
import hv.api.engine.spi.EngineTraits;
import hv.api.part.PartException;
import hv.api.part.PartFactory;
import hv.host.KickSignal;
import org.osgi.service.component.annotations.Component;

/** Offers KVM for x86-64 guests. Offered on every host, so that one without it says why. */
@Component(service = PartFactory.class)
public final class KvmFactory implements EngineFactory {
    static final String TYPE = "kvm";
    static final int MAX_VCPUS = 64;
    static final EngineTraits TRAITS = new EngineTraits("x86-64", true, true, false, 1, MAX_VCPUS, false, "x86-64 on the host's CPU, by KVM");

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public EngineTraits traits() {
        return TRAITS;
    }

    @Override
    public Engine create(EngineContext context) throws PartException {
        if (context.strict()) {
            throw new PartException(context.machineName() + ": engine \"" + TYPE + "\" has no strict mode: the CPU executes privileged instructions itself");
        }
        String arch = System.getProperty("os.arch");
        if (!arch.equals("amd64")) {
            throw new PartException(context.machineName() + ": engine \"" + TYPE + "\" runs x86-64 guests on x86-64 hosts, and this is " + arch
                    + "; riscv64 guests run here, interpreted");
        }
        KvmHost host = KvmHost.open(KvmHost.DEVICE);
        try {
            if (context.vcpuCount() > host.maxVcpus) {
                throw new PartException(context.machineName() + ": " + context.vcpuCount() + " vCPUs, and this host's KVM has at most " + host.maxVcpus);
            }
            KickSignal.rehearse();
            return new KvmEngine(context, host);
        } catch (PartException e) {
            host.close();
            throw e;
        } catch (HvException | KvmError e) {
            host.close();
            throw new PartException(context.machineName() + ": " + e.getMessage(), e);
        }
    }
}
