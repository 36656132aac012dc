/**
 * What a shell's client and its server say to each other over the platform's socket. Internal to this bundle; the client has the same jar.
 * <pre>
 *   frame    u8 type, u32 length (big-endian, at most 65536), payload
 *   client   HELLO first, then INPUT, RESIZE, EOF in any order
 *   server   OUTPUT, ERROR in any order, then EXIT, then the end of the stream
 * </pre>
 */
package hv.shell.protocol;
