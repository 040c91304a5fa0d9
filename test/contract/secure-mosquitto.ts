import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import mqtt, { type MqttClient } from "mqtt";
import { MOSQUITTO } from "./mosquitto.ts";

/** A certificate authority of a test's own, made with openssl. */
export class TestAuthority {
  readonly folder = mkdtempSync(join(tmpdir(), "tieline-ca-"));
  readonly ca = join(this.folder, "ca.pem");

  constructor() {
    this.openssl(
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
      "-nodes",
      "-days",
      "2",
      "-subj",
      "/CN=test authority",
      "-keyout",
      this.at("ca.key"),
      "-out",
      this.ca,
    );
  }

  /** Certificate and key for a name; `host` goes into the names that it is valid for. */
  issue(name: string, host?: string): { readonly cert: string; readonly key: string } {
    const [key, request, cert] = [
      this.at(`${name}.key`),
      this.at(`${name}.csr`),
      this.at(`${name}.pem`),
    ];
    this.openssl(
      "req",
      "-new",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
      "-nodes",
      "-subj",
      `/CN=${name}`,
      "-keyout",
      key,
      "-out",
      request,
    );
    const further = this.at(`${name}.ext`);
    writeFileSync(
      further,
      host === undefined ? "basicConstraints=CA:FALSE\n" : `subjectAltName=DNS:${host}\n`,
    );
    this.openssl(
      "x509",
      "-req",
      "-in",
      request,
      "-CA",
      this.ca,
      "-CAkey",
      this.at("ca.key"),
      "-CAcreateserial",
      "-days",
      "2",
      "-extfile",
      further,
      "-out",
      cert,
    );
    return { cert, key };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private at(name: string): string {
    return join(this.folder, name);
  }

  private openssl(...words: string[]): void {
    execFileSync("openssl", words, { stdio: "ignore" });
  }
}

/** A Mosquitto with TLS whose certificate is for `broker.lab`; `settings` are further lines of its configuration. */
export class SecureMosquitto {
  port = 0;
  private readonly authority: TestAuthority;
  private process: ChildProcess | undefined;

  constructor(authority: TestAuthority) {
    this.authority = authority;
  }

  async start(settings: string): Promise<this> {
    if (MOSQUITTO === undefined) throw new Error("mosquitto is not installed");
    this.port = await freePort();
    const { cert, key } = this.authority.issue("broker", "broker.lab");
    const config = join(this.authority.folder, `mosquitto-${this.port}.conf`);
    const lines = [
      ...(process.getuid?.() === 0 ? ["user root"] : []),
      `listener ${this.port} 127.0.0.1`,
      `cafile ${this.authority.ca}`,
      `certfile ${cert}`,
      `keyfile ${key}`,
      settings,
    ];
    writeFileSync(config, `${lines.join("\n")}\n`);
    this.process = spawn(MOSQUITTO, ["-c", config], { stdio: ["ignore", "ignore", "pipe"] });
    // It says on standard error that it runs.
    for await (const chunk of this.process.stderr ?? []) if (/running/.test(String(chunk))) break;
    return this;
  }

  /** A client with a certificate of its own, or with name and password. */
  connect(who: {
    readonly certificate?: string;
    readonly username?: string;
    readonly password?: string;
  }): Promise<MqttClient> {
    const own = who.certificate === undefined ? undefined : this.authority.issue(who.certificate);
    return mqtt.connectAsync(
      `mqtts://127.0.0.1:${this.port}`,
      {
        ca: readFileSync(this.authority.ca),
        servername: "broker.lab",
        reconnectPeriod: 0,
        ...(own && { cert: readFileSync(own.cert), key: readFileSync(own.key) }),
        ...(who.username === undefined
          ? {}
          : { username: who.username, password: who.password ?? "" }),
      },
      false,
    );
  }

  async stop(): Promise<void> {
    const running = this.process;
    if (running === undefined || running.exitCode !== null) return;
    const ended = once(running, "exit");
    running.kill("SIGTERM");
    await ended;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address !== null ? address.port : 0;
}
