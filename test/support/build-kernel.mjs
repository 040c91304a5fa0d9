// Compiles the kernels (AssemblyScript) and writes each binary as text: `node test/support/build-kernel.mjs`.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import asc from "assemblyscript/asc";

const here = join(import.meta.dirname, "../../src/numeric/wasm");
for (const name of ["dense-kernel", "four-kernel"]) {
  const binary = await compile(readFileSync(join(here, `${name}.assembly`), "utf8"));
  const lines = Buffer.from(binary)
    .toString("base64")
    .match(/.{1,92}/g)
    .map((line) => `  "${line}",`);
  const text = `/** WebAssembly (SIMD) made from ${name}.assembly by build-kernel.mjs; a test holds the two together. ${binary.length} bytes. */
export const ${name.replace("-", "_").toUpperCase()}_BASE64 = [
${lines.join("\n")}
].join("");
`;
  writeFileSync(join(here, `${name}-binary.ts`), text);
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
