package hv.api.part;

/** A factory that is offered now. */
public record FactoryInfo(PartKind kind, String type, Origin origin) {
}
