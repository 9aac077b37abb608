import { defineConfig } from "vitest/config";

// `.ci/run` counts from a report beside what people read.
const report = process.env.HYGGE_TEST_REPORT;

export default defineConfig({
  test: {
    reporters: report ? ["default", ["json", { outputFile: report }]] : ["default"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    globalSetup: ["test/fixtures/global-setup.ts"],
    projects: [
      { extends: true, test: { name: "unit", include: ["test/**/*.test.ts"] } },
      {
        extends: true,
        test: { name: "slow", include: ["test/**/*.slow.ts"], testTimeout: 900_000, hookTimeout: 120_000 },
      },
    ],
  },
});
