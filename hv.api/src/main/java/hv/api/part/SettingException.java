package hv.api.part;

/** A setting or an option that the user gave a part is wrong: it has none of that name, or not that value. One line that says which there are. */
public class SettingException extends PartException {
    private static final long serialVersionUID = 1L;

    public SettingException(String message) {
        super(message);
    }
}
