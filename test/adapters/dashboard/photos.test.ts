import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { freeOn, openPhotoStore } from "../../../adapters/photos/photo-store.ts";
import type { DataReference } from "../../../src/domain/observation.ts";
import { PHOTO_BYTES_MAX, photosOf, photoType } from "../../../src/domain/photo.ts";
import {
  type ScriptedDashboard,
  type ScriptedDashboardOptions,
  startScriptedDashboard,
} from "../../support/scripted-dashboard.ts";

const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0, ...Buffer.from("a crack at the rim")]);
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1]);
const WEBP = Buffer.from("RIFF\u0004\u0000\u0000\u0000WEBPVP8 ", "latin1");
const SVG = Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>");
const sumOf = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

let folder: string;
let dashboard: ScriptedDashboard;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tieline-photos-"));
});
afterEach(async () => {
  await dashboard?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(options: ScriptedDashboardOptions = {}): Promise<void> {
  dashboard = await startScriptedDashboard({ folder, ...options });
}

async function send(
  body: Buffer,
  headers: Record<string, string> = {},
  by = "ada",
): Promise<{ status: number; body: Partial<DataReference> & { code?: string; message?: string } }> {
  const response = await fetch(`${dashboard.url}api/photo?by=${by}`, {
    ...{ method: "POST", body: new Uint8Array(body) },
    headers: { "Content-Type": "image/jpeg", ...headers },
  });
  return { status: response.status, body: (await response.json()) as Partial<DataReference> };
}

async function command(changes: object): Promise<{ status: number; body: { message?: string } }> {
  const about = { kind: "campaign", campaignId: "al-mg-zn", by: "ada", reason: "a crack" };
  const response = await fetch(`${dashboard.url}api/command`, {
    ...{ method: "POST", headers: { "Content-Type": "application/json" } },
    body: JSON.stringify({ ...about, ...changes }),
  });
  return { status: response.status, body: (await response.json()) as { message?: string } };
}

test("a photograph is kept by its contents in the data folder, once, and shown as what it is", async () => {
  await start();
  for (const [bytes, type, end] of [
    [JPEG, "image/jpeg", "jpg"],
    [PNG, "image/png", "png"],
    [WEBP, "image/webp", "webp"],
  ] as const) {
    // Whatever its sender calls it.
    const { status, body } = await send(bytes, { "Content-Type": "application/octet-stream" });
    expect([status, body.sha256, body.bytes]).toEqual([201, sumOf(bytes), bytes.length]);
    const file = fileURLToPath(String(body.uri));
    expect(file).toBe(join(folder, "photos", `${sumOf(bytes)}.${end}`));
    expect(readFileSync(file).equals(bytes)).toBe(true);
    const shown = await fetch(`${dashboard.url}api/photo/${body.sha256}`);
    expect(shown.headers.get("content-type")).toBe(type);
    expect(shown.headers.get("x-content-type-options")).toBe("nosniff");
    expect(Buffer.from(await shown.arrayBuffer()).equals(bytes)).toBe(true);
  }
  await send(JPEG);
  expect(readdirSync(join(folder, "photos"))).toHaveLength(3);
});

describe("is refused, and nothing is kept:", () => {
  test("what is no picture, whatever it calls itself; what is too large; what another site sends", async () => {
    await start();
    expect(await send(SVG, { "Content-Type": "image/svg+xml" })).toMatchObject({
      ...{ status: 415, body: { code: "TL-9008", message: "It is no JPEG, PNG or WebP picture" } },
    });
    expect((await send(SVG, { "Content-Type": "image/png" })).status).toBe(415);
    expect((await send(JPEG, { "Content-Type": "text/html" })).status).toBe(415);
    const large = Buffer.concat([JPEG, Buffer.alloc(PHOTO_BYTES_MAX)]);
    expect((await send(large)).status).toBe(413);
    expect((await send(JPEG, { Origin: "http://evil.example" })).status).toBe(403);
    expect((await send(JPEG, { "Sec-Fetch-Site": "cross-site" })).status).toBe(403);
    expect(existsSync(join(folder, "photos"))).toBe(false);
  });

  test("what there is no room for, of all that photographs may take or on the disk; what is there already is sent again", async () => {
    const photoRoom = { photos_MB_max: (JPEG.length + PNG.length) / 1e6, free_MB: () => 501 };
    await start({ photoRoom });
    expect([(await send(JPEG)).status, (await send(PNG)).status]).toEqual([201, 201]);
    const full = await send(WEBP);
    expect(full).toMatchObject({ status: 507, body: { code: "TL-9009" } });
    expect(full.body.message).toContain("(page.photos_MB_max)");
    expect((await send(JPEG)).status).toBe(201);
    // An old one is moved away: there is room again, without a new start.
    rmSync(join(folder, "photos", `${sumOf(JPEG)}.jpg`));
    // One that is named and no longer there when it is looked at.
    symlinkSync(join(folder, "elsewhere.jpg"), join(folder, "photos", "moved.jpg"));
    expect((await send(WEBP)).status).toBe(201);
    rmSync(join(folder, "photos", "moved.jpg"));
    await dashboard.stop();
    await start({ photoRoom: { free_MB: () => 400 } });
    expect(await send(JPEG)).toMatchObject({
      ...{
        status: 507,
        body: { code: "TL-9009", message: expect.stringContaining("500 MB stay free") },
      },
    });
    expect(readdirSync(join(folder, "photos"))).toHaveLength(2);
  });

  test("a photograph's own bytes count among those that stay free, and the disk's are the disk's", () => {
    const keepWith = (spare_bytes: number) =>
      openPhotoStore(folder, { free_MB: () => 500 + spare_bytes / 1e6 }).keep(JPEG);
    expect(() => keepWith(JPEG.length - 1)).toThrow("500 MB stay free");
    expect(keepWith(JPEG.length)).toMatchObject({ bytes: JPEG.length });
    const told = execFileSync("df", ["--output=avail", "-B1", folder], { encoding: "utf8" });
    const free_MB = Number(told.split("\n")[1]) / 1e6;
    // Others write meanwhile.
    expect(Math.abs(freeOn(folder) - free_MB)).toBeLessThan(0.05 * free_MB);
  });

  test("what nobody may send: a page that is read-only, a wrong key, no right to operate", async () => {
    await start({ policy: { readOnly: true } });
    expect((await send(JPEG)).status).toBe(403);
    await dashboard.stop();
    const operatorKeys = { ada: "k1", bob: "k2" };
    await start({ policy: { readOnly: false, operatorKeys, operatorRights: { bob: ["watch"] } } });
    expect((await send(JPEG)).status).toBe(401);
    expect((await send(JPEG, { "X-Operator-Key": "k2" }, "bob")).status).toBe(403);
    expect(existsSync(join(folder, "photos"))).toBe(false);
  });
});

test("a word names photographs by their checksums; the daemon gives them as references", async () => {
  await start();
  const sha256 = String((await send(JPEG)).body.sha256);
  const photos = [sha256];
  const reference = { sha256, bytes: JPEG.length, uri: expect.stringContaining(`${sha256}.jpg`) };
  const comment = { action: "comment", sampleId: "al-mg-zn.3", photos };
  expect((await command(comment)).status).toBe(200);
  const report = { action: "report", jobId: "al-mg-zn.3.s2", photos };
  expect((await command({ ...report, report: { outcome: "done" } })).status).toBe(200);
  expect(dashboard.commands).toMatchObject([
    { action: "comment", raw: [reference] },
    { action: "report", report: { outcome: "done", raw: [reference] } },
  ]);
  for (const wrong of [
    { ...comment, photos: ["0".repeat(64)] },
    { ...comment, photos: ["../../etc/passwd"] },
    { ...report, report: { outcome: "failed" } },
    { action: "pause", photos },
    { ...comment, raw: [{ uri: "file:///etc/passwd", sha256, bytes: 1 }], photos: undefined },
  ])
    expect((await command(wrong)).status).toBe(400);
  expect(dashboard.commands).toHaveLength(2);
});

test("a picture whose file was changed is not shown, and references elsewhere are no photographs", () => {
  const store = openPhotoStore(folder);
  const { uri, sha256, bytes } = store.keep(JPEG);
  expect(store.find(sha256)).toEqual({ uri, sha256, bytes });
  writeFileSync(fileURLToPath(uri), PNG);
  expect(store.read(sha256)).toBeUndefined();
  expect(store.read("../x")).toBeUndefined();
  const elsewhere = { uri: "file:///data/scan.jpg", sha256, bytes };
  const other = { uri: uri.replace(sha256, "0".repeat(64)), sha256, bytes };
  expect(photosOf([elsewhere, other, { uri, sha256, bytes }])).toEqual([{ uri, sha256, bytes }]);
  expect(photosOf([elsewhere])).toBeUndefined();
  expect([JPEG, PNG, WEBP, SVG, Buffer.alloc(0)].map(photoType)).toEqual([
    ...["jpg", "png", "webp", undefined, undefined],
  ]);
});
