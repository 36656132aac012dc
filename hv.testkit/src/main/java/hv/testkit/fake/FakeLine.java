package hv.testkit.fake;

import hv.api.device.InterruptLine;

/** An interrupt line that remembers its level and how often it rose. */
public final class FakeLine implements InterruptLine {
    private boolean high;
    private int rises;

    @Override
    public void level(boolean level) {
        if (level && !high) {
            rises++;
        }
        high = level;
    }

    public boolean isHigh() {
        return high;
    }

    /** Changes from low to high so far. */
    public int rises() {
        return rises;
    }
}
