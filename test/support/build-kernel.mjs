// Compiles dense-kernel.assembly (AssemblyScript) and writes the binary as text: `node test/support/build-kernel.mjs`.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import asc from "assemblyscript/asc";

const here = join(import.meta.dirname, "../../src/numeric/wasm");
const source = readFileSync(join(here, "dense-kernel.assembly"), "utf8");
let binary;
const { error, stderr } = await asc.main(
  [
    "kernel.ts",
    "--outFile",
    "kernel.wasm",
    "--runtime",
    "stub",
    "--noAssert",
    "-O3",
    "--enable",
    "simd",
    "--initialMemory",
    "16",
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
const lines = Buffer.from(binary)
  .toString("base64")
  .match(/.{1,92}/g)
  .map((line) => `  "${line}",`);
const text = `/** WebAssembly (SIMD) made from dense-kernel.assembly by build-kernel.mjs; a test holds the two together. ${binary.length} bytes. */
export const DENSE_KERNEL_BASE64 = [
${lines.join("\n")}
].join("");
`;
writeFileSync(join(here, "dense-kernel-binary.ts"), text);
process.stdout.write(`${binary.length} bytes\n`);
