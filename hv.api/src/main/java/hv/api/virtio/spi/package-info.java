/**
 * virtio 1.2 devices: the transport owns queues, indices, doorbells and interrupt; it lends them to the model.
 * <pre>
 *   model:  created (asleep) --restore--> asleep --wake--> running
 *           driver sets DRIVER_OK:  activate(queues, features) ... notified(q)* ... reset()
 * </pre>
 * All calls of a model come in the device's I/O context, but for the configuration space, which is read and written on vCPU threads.
 */
@Export
@Version("1.0.0")
package hv.api.virtio.spi;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
