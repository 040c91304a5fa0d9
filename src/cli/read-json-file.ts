import { readFileSync } from "node:fs";
import { misuse } from "../core/errors.ts";

/** Reads one JSON document from a file; `-` is standard input. */
export function readJsonFile(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path === "-" ? 0 : path, "utf8");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw misuse("TL-8008", `${path} could not be read (${reason})`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw misuse("TL-8002", `${path} is not JSON (${reason})`);
  }
}
