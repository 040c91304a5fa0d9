// Compiles the kernels (AssemblyScript) and writes each binary as text: `node test/support/build-kernel.mjs`. With `--check` it writes
// nothing and fails where a text is not that of its sources.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import asc from "assemblyscript/asc";

const here = join(import.meta.dirname, "../../src/numeric/wasm");
const KERNELS = {
  "dense-kernel": ["dense-kernel", "correlations", "evidence", "columns"],
  "four-kernel": ["four-kernel"],
};
for (const [name, parts] of Object.entries(KERNELS)) {
  const sources = parts.map((part) => readFileSync(join(here, `${part}.assembly`), "utf8"));
  const binary = await compile(sources.join("\n"));
  const lines = Buffer.from(binary)
    .toString("base64")
    .match(/.{1,92}/g)
    .map((line) => `  "${line}",`);
  const text = `/** WebAssembly (SIMD) made from ${name}.assembly by build-kernel.mjs; a test holds the two together. ${binary.length} bytes. */
export const ${name.replace("-", "_").toUpperCase()}_BASE64 = [
${lines.join("\n")}
].join("");
`;
  const file = join(here, `${name}-binary.ts`);
  if (!process.argv.includes("--check")) writeFileSync(file, text);
  else if (readFileSync(file, "utf8") !== text) {
    process.stderr.write(`${name}-binary.ts is not made from its sources\n`);
    process.exitCode = 1;
  }
  process.stdout.write(`${name}: ${binary.length} bytes\n`);
}

async function compile(source) {
  let binary;
  const { error, stderr } = await asc.main(
    [
      ...["kernel.ts", "--outFile", "kernel.wasm", "--runtime", "stub", "--noAssert", "-O3"],
      ...["--enable", "simd", "--enable", "bulk-memory", "--initialMemory", "16"],
    ],
    {
      readFile: (name) => (name === "kernel.ts" ? source : null),
      writeFile: (name, contents) => {
        if (name === "kernel.wasm") binary = contents;
      },
      listFiles: () => [],
    },
  );
  if (error !== null || binary === undefined) {
    process.stderr.write(`${stderr.toString()}\n`);
    process.exit(1);
  }
  return binary;
}
