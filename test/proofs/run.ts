import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** `npm run proof -- NAME [options]`: runs that are too long for the tests; each prints its figures and fails where its claim does. */
const [name = "", ...options] = process.argv.slice(2);
const file = join(import.meta.dirname, `${name}.ts`);
if (name === "run" || !/^[a-z-]+$/.test(name) || !existsSync(file)) {
  const names = readdirSync(import.meta.dirname)
    .filter((one) => one.endsWith(".ts") && one !== "run.ts")
    .map((one) => one.replace(/\.ts$/, ""));
  console.error(`Name a proof: ${names.sort().join(", ")}.`);
  process.exit(2);
}
const { run } = (await import(file)) as { run: (options: readonly string[]) => Promise<boolean> };
process.exit((await run(options)) ? 0 : 1);
