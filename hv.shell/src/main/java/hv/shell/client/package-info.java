/** The process behind {@code ./hv shell}, {@code stop} and {@code status}: carries a terminal to the platform's socket. Runs without a framework. */
package hv.shell.client;
