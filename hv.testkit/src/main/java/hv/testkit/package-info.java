/**
 * Contracts as tests: each suite is an abstract JUnit class with one factory method. Extend it in your bundle's tests, return your part, run.
 * <p>The laws say what every part of a kind must hold, whoever wrote it. Each suite is itself tested against broken samples that it must reject.
 * Seeds are fixed; a failure says which step of which seed broke the law.
 */
@Export
@Version("1.0.0")
package hv.testkit;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
