import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect, test } from "vitest";
import { builtMain } from "../support/built-program.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const MAIN = await builtMain();
const folder = mkdtempSync(join(tmpdir(), "tieline-start-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Starts a daemon whose ports are chosen by `edit` and waits for its end. */
async function start(edit: (text: string) => string) {
  const config = join(folder, "config.yaml");
  const data = join(folder, "data");
  const text = readFileSync(join(ROOT, "config/default.yaml"), "utf8");
  writeFileSync(config, edit(text.replace(/ {2}webSocketPort: \d+\n/, "")));
  const args = [MAIN, "start", "--config", config, "--data", data];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ["ignore", "ignore", "pipe"] });
  let err = "";
  child.stderr.on("data", (more: Buffer) => {
    err += more;
  });
  const [code] = await once(child, "exit");
  return { code, err };
}

test("a port that is taken ends the start: nothing runs on, the folder is free again", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as { port: number };
  try {
    const page = await start((text) =>
      text.replace("port: 1883", "port: 0").replace("port: 8080", `port: ${port}`),
    );
    expect(page.code).toBe(1);
    expect(page.err).toMatch(/^TL-9001: Port \d+ on 127\.0\.0\.1 is taken/m);
    const broker = await start((text) =>
      text.replace("port: 1883", `port: ${port}`).replace("port: 8080", "port: 0"),
    );
    // Were the folder still held, this would be TL-4005.
    expect(broker.code).toBe(1);
    expect(broker.err).toMatch(/^TL-2002: port \d+ of 127\.0\.0\.1 is taken/m);
  } finally {
    other.close();
  }
});
