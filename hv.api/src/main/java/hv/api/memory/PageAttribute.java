package hv.api.memory;

/** Attributes of a RAM page. They bind every writer, devices too. Bits of {@link RamView#attributes}. */
public final class PageAttribute {
    /** An engine holds code decoded from this page: a store fires the code listeners. */
    public static final int CODE = 1;
    /** Stores to this page are recorded in the dirty log. */
    public static final int LOGGED = 2;
    /** The content is elsewhere (post-copy, swapped out): an access must ask for it first. */
    public static final int ABSENT = 4;
    /** The page is shared copy-on-write with another machine or an image. */
    public static final int SHARED = 8;

    private PageAttribute() {
    }
}
