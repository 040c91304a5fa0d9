import type { OperatorReply, OperatorRequest } from "../dashboard-ports.ts";

/** The daemon's answer in words, for every failure that a request can meet. */
class RequestFailure extends Error {}

/** Where the daemon tells of a campaign. */
export function pathOf(campaignId: string): string {
  return `/api/campaign/${encodeURIComponent(campaignId)}`;
}

/** Reads JSON from the daemon. */
export async function getJson<Body>(path: string, signal?: AbortSignal): Promise<Body> {
  const response = await fetch(path, signal === undefined ? {} : { signal });
  if (!response.ok) throw await failureOf(response);
  return (await response.json()) as Body;
}

/** Sends JSON and reads JSON. */
export async function postJson<Body>(path: string, body: unknown): Promise<Body> {
  const response = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw await failureOf(response);
  return (await response.json()) as Body;
}

type WithoutId<Request> = Request extends unknown ? Omit<Request, "commandId"> : never;
export type OperatorWish = WithoutId<OperatorRequest> & {
  readonly key?: string;
  /** Checksums of photographs that were sent before. */
  readonly photos?: readonly string[];
};

/** Sends a photograph; resolves with the checksum by which a command names it. */
export async function sendPhoto(photo: Blob, by: string, key: string): Promise<string> {
  const response = await fetch(`/api/photo?by=${encodeURIComponent(by)}`, {
    method: "POST",
    headers: {
      "Content-Type": photo.type === "" ? "application/octet-stream" : photo.type,
      ...(key === "" ? {} : { "X-Operator-Key": key }),
    },
    body: photo,
  });
  if (!response.ok) throw await failureOf(response);
  return ((await response.json()) as { sha256: string }).sha256;
}

/** Sends an operator's command and resolves with the agent's reply. */
export async function sendCommand(wish: OperatorWish): Promise<OperatorReply> {
  return await postJson<OperatorReply>("/api/command", { ...wish, commandId: randomId() });
}

async function failureOf(response: Response): Promise<RequestFailure> {
  const body = (await response.json().catch(() => undefined)) as
    | { message?: string; hint?: string }
    | undefined;
  const what = body?.message ?? `The daemon answered ${response.status}`;
  return new RequestFailure(`${what}. ${body?.hint ?? ""}`.trim());
}

/** randomUUID exists only on secure origins; the page is also served by plain HTTP in a laboratory's network. */
function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return `page-${[...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
