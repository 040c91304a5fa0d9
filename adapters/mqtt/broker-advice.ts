/** By what a failed connection says of itself, what to do about it. First match counts. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /SELF_SIGNED_CERT|UNABLE_TO_(GET_ISSUER|VERIFY)|self[- ]signed|unable to (get|verify)/i,
    "Its certificate is of an authority that this machine does not know: name the laboratory's own as broker.ca (or TIELINE_BROKER_CA).",
  ],
  [
    /ALTNAME_INVALID|altnames/i,
    "Its certificate is for another name: write that name as broker.serverName, or use it in broker.url.",
  ],
  [/CERT_HAS_EXPIRED|CERT_NOT_YET_VALID/i, "Renew its certificate, or set this machine's clock."],
  [
    /CERTIFICATE_REQUIRED|certificate required|handshake failure|bad certificate|unknown ca/i,
    "It asks for a certificate of ours, or does not take it: name broker.cert and broker.key (or TIELINE_BROKER_CERT, TIELINE_BROKER_KEY).",
  ],
  [
    /bad user ?name or password|not authori[sz]ed|^(4|5|134|135)$/i,
    "It runs and refused us: set TIELINE_BROKER_USERNAME and TIELINE_BROKER_PASSWORD to what its password file has.",
  ],
  [
    /WRONG_VERSION_NUMBER|packet length too short/i,
    "This port does not speak TLS: write mqtt:// instead of mqtts://, or its TLS port (often 8883).",
  ],
  [/ENOTFOUND|EAI_AGAIN/, "No machine has that name: correct broker.url."],
  [/ECONNREFUSED/, "Nothing listens there: start the broker, or correct the port in broker.url."],
];

/** What to do about a connection that failed; the least helpful advice where nothing is known. */
export function adviceOn(error: unknown): string {
  const { code, message } = error as { code?: string | number; message?: string };
  const words = [String(code ?? ""), message ?? ""];
  const found = ADVICE.find(([pattern]) => words.some((word) => pattern.test(word)));
  return found?.[1] ?? "Check that it runs and that broker.url in the configuration is right.";
}
