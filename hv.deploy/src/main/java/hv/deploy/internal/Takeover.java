package hv.deploy.internal;

import hv.api.machine.Hypervisor;
import hv.api.part.ReplaceException;
import hv.api.part.ReplaceReport;
import java.util.List;

/** What is asked of the platform: {@link Hypervisor#takeOver}, {@link Hypervisor#giveBack} and {@link Hypervisor#inUse}. */
interface Takeover {
    List<ReplaceReport> takeOver(String symbolicName, long bundleId) throws ReplaceException;

    List<ReplaceReport> giveBack(long bundleId) throws ReplaceException;

    boolean inUse(long bundleId);

    static Takeover by(Hypervisor hypervisor) {
        return new Takeover() {
            @Override
            public List<ReplaceReport> takeOver(String symbolicName, long bundleId) throws ReplaceException {
                return hypervisor.takeOver(symbolicName, bundleId);
            }

            @Override
            public List<ReplaceReport> giveBack(long bundleId) throws ReplaceException {
                return hypervisor.giveBack(bundleId);
            }

            @Override
            public boolean inUse(long bundleId) {
                return hypervisor.inUse(bundleId);
            }
        };
    }
}
