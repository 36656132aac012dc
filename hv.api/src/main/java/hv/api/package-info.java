/**
 * Errors and progress, shared by all contracts.
 * Host errors are checked and say what happened, where, and what to do; bugs are {@link IllegalStateException}.
 */
@Export
@Version("1.0.0")
package hv.api;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
