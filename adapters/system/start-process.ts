import { type ChildProcess, fork } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { childEnvironment } from "./child-environment.ts";

/**
 * Starts the program `name` (a file name without ending) that lies beside the module `from` (its `import.meta.url`), with a channel
 * for messages and without our secrets; in the package every such program lies in one folder. It says nothing on our outputs.
 */
export function startProcess(from: string, name: string, argv: readonly string[]): ChildProcess {
  const isSource = from.endsWith(".ts");
  const entry = isSource ? new URL(`./${name}.ts`, from) : packagedEntry(from, name);
  const loader = isSource ? ["--import", import.meta.resolve("tsx")] : [];
  return fork(fileURLToPath(entry), [...argv], {
    ...{ execArgv: loader, serialization: "advanced", env: childEnvironment() },
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
}

/** The bundler decides in which file of the package a module lies: it is that file's folder or one above which holds `threads`. */
export function packagedEntry(from: string, name: string): URL {
  const places = ["./", "../", "../../", "../../../"].map(
    (above) => new URL(`${above}threads/${name}.js`, from),
  );
  return places.find((place) => existsSync(place)) ?? places[0]!;
}
