/** Guest programs, the processes they run in, what is measured, and the report. */
package hv.bench.internal;
