/** Contents of PEM files, and the name to look for in the broker's certificate, as MQTT.js takes them. */
export interface TlsFiles {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly servername?: string;
}

/** A broker's address for people and logs: without name and password. */
export function shownBroker(url: string): string {
  return url.replace(/\/\/[^/]*@/, "//");
}
