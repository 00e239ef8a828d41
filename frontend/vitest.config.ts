import { defineConfig } from "vitest/config";
import { cssNames } from "./modules.mjs";

export default defineConfig({
  plugins: [cssNames],
  test: { environment: "jsdom", include: ["test/**/*.test.{ts,tsx}"], setupFiles: ["test/setup.ts"], restoreMocks: true },
});
