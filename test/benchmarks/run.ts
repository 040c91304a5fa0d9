import { readdirSync } from "node:fs";
import { join } from "node:path";

/** `npm run bench` runs every benchmark; `npm run bench -- loop optimise` those named. */
const wanted = process.argv.slice(2);
const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith(".bench.ts"))
  .map((file) => file.replace(/\.bench\.ts$/, ""))
  .sort();
const unknown = wanted.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(", ")}; there is ${names.join(", ")}.`);
  process.exit(2);
}
// A benchmark reads its own arguments; ours are names.
process.argv.length = 2;
for (const name of wanted.length > 0 ? wanted : names) {
  console.log(`== ${name}`);
  const { run } = (await import(join(import.meta.dirname, `${name}.bench.ts`))) as {
    run: () => Promise<void>;
  };
  await run();
}
process.exit(0);
