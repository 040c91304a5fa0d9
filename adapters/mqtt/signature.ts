import { createHmac, timingSafeEqual } from "node:crypto";
import { canonicalJson } from "../../src/core/canonical-json.ts";

/** What a signature covers: everything that says who wants what of whom, and when. */
export interface SignedParts {
  readonly site: string;
  /** Identifiers of the topic, e.g. the campaign's. */
  readonly ids: Readonly<Record<string, string>>;
  readonly id: string;
  readonly source: string;
  readonly type: string;
  /** As it stands in the envelope. */
  readonly time: string;
  readonly data: unknown;
}

const SCHEME = "hmac-sha256";

/** One text for one meaning: JSON without spaces, names in the order of their code units, nothing that is undefined. */
export function canonicalText(parts: SignedParts): string {
  const { site, ids, id, source, type, time, data } = parts;
  return canonicalJson({ site, ids, id, source, type, time, data });
}

/** `hmac-sha256:` and the HMAC-SHA256 (RFC 2104) of the text's UTF-8 bytes in base64url. */
export function signText(key: string, text: string): string {
  return `${SCHEME}:${createHmac("sha256", key).update(text, "utf8").digest("base64url")}`;
}

/** Compared in a time that tells nothing of the right one. */
export function isSignedBy(key: string, text: string, signature: string): boolean {
  const [expected, given] = [Buffer.from(signText(key, text)), Buffer.from(signature)];
  return expected.length === given.length && timingSafeEqual(expected, given);
}
