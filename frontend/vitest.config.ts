import { defineConfig } from "vitest/config";
import { cssNames } from "./modules.mjs";

export default defineConfig({
  plugins: [cssNames],
  // Files share what they import and one page, which `setup.ts` leaves empty: making both anew took three quarters of the time.
  test: { isolate: false, environment: "jsdom", include: ["test/**/*.test.{ts,tsx}"], setupFiles: ["test/setup.ts"], restoreMocks: true },
});
