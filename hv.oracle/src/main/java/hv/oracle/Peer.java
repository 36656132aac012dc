package hv.oracle;

import java.util.List;

/** A machine that runs batches. */
interface Peer {
    /** One line for people. */
    String description();

    /**
     * Runs the batch in a fresh machine.
     *
     * @return as the batch's programs; those that the machine did not come to have not finished
     * @throws OracleException the machine does not run
     */
    List<Outcome> run(Batch batch) throws OracleException;
}
