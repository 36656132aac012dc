/** The command {@code ./hv suite}. */
package hv.suite;
