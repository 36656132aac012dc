/**
 * Where a network card's frames come from and go to.
 * <pre>
 *   frame   byte[]  a whole Ethernet frame from its destination address on, without preamble and check sequence: 14 .. 65,557 bytes
 *                   (65,535 of payload behind an Ethernet header and two VLAN tags). No offload header: segmenting and checksums are the card's.
 *   model:    transmit(frame)* flush      receive(frame)* until there is none      onEvent: look again
 * </pre>
 * Both directions are bounded and push back: what was not taken is to be offered again. What a backend has taken, or has received from a peer that
 * it pushes back on (a stream), is not lost while the connection lives; a backend over datagrams may lose frames, as a wire may. While there is no
 * connection frames are dropped and counted. Peers are hostile.
 */
@Export
@Version("1.0.0")
package hv.api.net.spi;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
