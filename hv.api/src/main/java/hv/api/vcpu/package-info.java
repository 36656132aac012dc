/**
 * Virtual CPUs and what leaves them: exits, completions, requests.
 * <pre>
 *   engine.run(budget) -> Exit --> Dispatcher ---> Allocator     the exit asks for other resources
 *                                      |
 *                                      +---------> Interpreter   the exit needs an effect emulated
 *                                      v
 *                                    Next: RESUME | REFLECT | PARK | RETRY | STOP
 * </pre>
 */
@Export
@Version("1.0.0")
package hv.api.vcpu;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
