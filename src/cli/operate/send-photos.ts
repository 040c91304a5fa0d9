import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { LabError, misuse } from "../../core/errors.ts";
import type { DataReference } from "../../domain/observation.ts";
import { PHOTO_BYTES_MAX, PHOTO_TYPES, photoType } from "../../domain/photo.ts";

export interface PhotoOptions {
  readonly photo?: readonly string[];
  readonly page: string;
  readonly by: string;
  readonly keyFile?: string;
}

/** Options of commands that photographs may go with. */
export function addPhotos(command: Command): Command {
  return command
    .option("--photo <file...>", "photographs (JPEG, PNG, WebP), kept in the daemon's data folder")
    .option("--page <url>", "the daemon's page, which takes photographs", "http://127.0.0.1:8080");
}

/** Sends the photographs to the daemon's page; their references go into the word. TL-1002, TL-9008 with what stands in the way. */
export async function sendPhotos(options: PhotoOptions): Promise<DataReference[]> {
  const sent: DataReference[] = [];
  for (const file of options.photo ?? []) sent.push(await sendOne(file, options));
  return sent;
}

async function sendOne(file: string, { page, by, keyFile }: PhotoOptions): Promise<DataReference> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw misuse("TL-1002", `--photo ${file}: ${String(cause)}`);
  });
  const type = photoType(bytes);
  if (type === undefined || bytes.length > PHOTO_BYTES_MAX)
    throw misuse("TL-9008", `${file} is no photograph that is kept`);
  const { secretOf } = await import("../../../config/broker-access.ts");
  const secret = keyFile ?? process.env["TIELINE_OPERATOR_KEY_FILE"];
  const key = secret === undefined ? {} : { "X-Operator-Key": secretOf(secret) };
  const url = new URL(`/api/photo?by=${encodeURIComponent(by)}`, page);
  const headers = { "Content-Type": PHOTO_TYPES[type], ...key };
  const response = await fetch(url, { method: "POST", headers, body: new Uint8Array(bytes) }).catch(
    (cause: unknown) => {
      throw new LabError("TL-9008", `The page ${page} cannot be reached, which takes photographs`, {
        ...{ cause, hint: "Name it with --page, or refer to a file where it lies with --file." },
      });
    },
  );
  if (response.ok) return (await response.json()) as DataReference;
  const said = (await response.json().catch(() => ({}))) as { message?: string };
  throw new LabError("TL-9008", `${file} was not taken: ${said.message ?? response.status}`);
}
