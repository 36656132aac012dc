/** The benchmarks' command; not exported, nobody calls it but the start script. */
package hv.bench;
