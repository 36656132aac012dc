/** Suites, and the parts of the machines that they run on. */
package hv.suite.internal;
