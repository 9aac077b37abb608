// Reads vitest's JSON report: which tests were left out although HYGGE_LIVE=1, which files ran none, and the count.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** @type {{numPassedTests: number, numFailedTests: number, testResults: {name: string, status: string, message: string, assertionResults: {fullName: string, status: string}[]}[]}} */
let report;
try {
  report = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8"));
} catch {
  console.log("no test report: the tests did not run\n0 passed, 1 failed");
  process.exit(1);
}
let problems = 0;
const files = new Map(report.testResults.map((file) => [path.relative(process.cwd(), file.name), file]));
const suites = readdirSync("test", { recursive: true })
  .map((name) => path.join("test", String(name)))
  .filter((name) => name.endsWith(".test.ts") && !name.includes("node_modules"));
for (const expected of suites) {
  const file = files.get(expected);
  const tests = file?.assertionResults ?? [];
  if (tests.some((test) => test.status === "passed" || test.status === "failed")) continue;
  problems++;
  console.log(`ran no test: ${expected}`);
}
for (const [name, file] of files) {
  // A file that failed to load has no failed test, but it did fail.
  if (file.status === "failed" && file.assertionResults.every((test) => test.status !== "failed")) {
    problems++;
    console.log(`failed as a whole: ${name} ${file.message}`);
  }
  for (const test of file.assertionResults) {
    if (test.status === "passed" || test.status === "failed") continue;
    problems++;
    console.log(`left out: ${name} > ${test.fullName}`);
  }
}
const failed = report.numFailedTests + problems;
console.log(`${report.numPassedTests} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
