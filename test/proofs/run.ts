import { readdirSync } from "node:fs";
import { join } from "node:path";

/** `npm run proof -- NAME [ARGUMENTS]` runs one proof; without a name it lists them. A proof that fails exits with 1. */
const [name, ...args] = process.argv.slice(2);
const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith(".ts") && file !== "run.ts" && !file.endsWith("-world.ts"))
  .map((file) => file.replace(/\.ts$/, ""))
  .sort();
if (name === undefined || !names.includes(name)) {
  console.error(`npm run proof -- NAME: there is ${names.join(", ")}.`);
  process.exit(2);
}
const { run } = (await import(join(import.meta.dirname, `${name}.ts`))) as {
  run: (args: readonly string[]) => Promise<boolean>;
};
process.exit((await run(args)) ? 0 : 1);
