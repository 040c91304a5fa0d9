import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { freePort } from "./free-port.ts";
import { peerIsThere } from "./peer.ts";

const ROOT = "/usr/lib/postgresql";
const BIN = findBin();

export function postgresIsThere(): boolean {
  return peerIsThere("PostgreSQL", BIN !== undefined, "apt-get install postgresql");
}

/** A PostgreSQL server of our own in a temporary folder, on a free port of loopback, run by the user `postgres`. */
export class PostgresServer {
  readonly port: number;
  readonly folder: string;

  /** Other hosts that may come in, besides this one. */
  private readonly network: string | undefined;

  private constructor(port: number, folder: string, network: string | undefined) {
    this.port = port;
    this.folder = folder;
    this.network = network;
  }

  /** A new primary; `network`, such as 10.1.0.0/16, may come in too. */
  static create(network?: string): Promise<PostgresServer> {
    return PostgresServer.begun(network, (server) => {
      const settings = ["-U", "tieline", "-A", "trust", "-E", "UTF8", "--locale=C"];
      server.run("initdb", ["-D", server.data, ...settings]);
      server.configure(["wal_level = replica", "max_wal_senders = 4", "hot_standby = on"]);
      if (network !== undefined)
        server.as("sh", ["-c", `echo host all all ${network} trust >> ${server.data}/pg_hba.conf`]);
      server.start();
      server.sql("create database lab", "postgres");
    });
  }

  /** A standby that follows `primary`; it says in each commit whether it has it once the primary waits for it. */
  static follow(primary: PostgresServer, name: string): Promise<PostgresServer> {
    return PostgresServer.begun(primary.network, (server) => {
      server.run("pg_basebackup", [
        ...["-h", "127.0.0.1", "-p", String(primary.port), "-U", "tieline", "-D", server.data],
        ...["-R", "-X", "stream", "-c", "fast", "-d", `application_name=${name}`],
      ]);
      server.configure([`port = ${server.port}`]);
      server.start();
    });
  }

  /** On a port that is free; one that somebody took meanwhile is left to him, and another one is taken. */
  private static async begun(
    network: string | undefined,
    begin: (server: PostgresServer) => void,
  ): Promise<PostgresServer> {
    const first = await PostgresServer.place(network);
    try {
      begin(first);
      return first;
    } catch (error) {
      const isTaken = first.foundItsPortTaken();
      first.remove();
      if (!isTaken) throw error;
    }
    const second = await PostgresServer.place(network);
    begin(second);
    return second;
  }

  private foundItsPortTaken(): boolean {
    const log = join(this.data, "server.log");
    return existsSync(log) && readFileSync(log, "utf8").includes("Address already in use");
  }

  private static async place(network?: string): Promise<PostgresServer> {
    const folder = mkdtempSync(join(tmpdir(), "tieline-postgres-"));
    chmodSync(folder, 0o777);
    return new PostgresServer(await freePort(), folder, network);
  }

  get data(): string {
    return join(this.folder, "data");
  }

  /** Address of a log on this server, or on several. */
  address(options = "", ...others: readonly PostgresServer[]): string {
    const hosts = [this, ...others].map(({ port }) => `127.0.0.1:${port}`).join(",");
    return `postgres://tieline@${hosts}/lab${options}`;
  }

  configure(lines: readonly string[]): void {
    const more = [
      ...lines,
      `port = ${this.port}`,
      `listen_addresses = '${this.network === undefined ? "127.0.0.1" : "*"}'`,
      `unix_socket_directories = '${this.folder}'`,
      "shared_buffers = 32MB",
    ];
    const file = join(this.folder, "more.conf");
    writeFileSync(file, `${more.join("\n")}\n`);
    this.as("sh", ["-c", `cat ${file} >> ${this.data}/postgresql.auto.conf`]);
  }

  start(): void {
    const log = join(this.data, "server.log");
    this.run("pg_ctl", ["-D", this.data, "-l", log, "-w", "-t", "60", "start"]);
  }

  reload(): void {
    this.run("pg_ctl", ["-D", this.data, "reload"]);
  }

  promote(): void {
    this.run("pg_ctl", ["-D", this.data, "-w", "promote"]);
  }

  halt(mode: "fast" | "immediate" = "fast"): void {
    this.run("pg_ctl", ["-D", this.data, "-m", mode, "-w", "-t", "60", "stop"], true);
  }

  /** Ends every process of it as a power cut would. */
  kill(): void {
    this.as("sh", ["-c", `kill -9 $(head -1 ${this.data}/postmaster.pid); true`]);
  }

  /** Stops every process of it, so that it says nothing any more: its connections stay, as with a machine that vanished. */
  freeze(): void {
    this.signal("STOP");
  }

  wake(): void {
    this.signal("CONT");
  }

  private signal(name: "STOP" | "CONT"): void {
    const first = `$(head -1 ${this.data}/postmaster.pid)`;
    this.as("sh", ["-c", `kill -${name} ${first} $(ps -o pid= --ppid ${first})`]);
  }

  /** Runs SQL as the owner; the answer's lines. */
  sql(text: string, database = "lab"): string {
    return this.run("psql", [
      ...["-h", "127.0.0.1", "-p", String(this.port), "-U", "tieline", "-d", database],
      ...["-v", "ON_ERROR_STOP=1", "-q", "-t", "-A", "-c", text],
    ]);
  }

  /** As `promote`, while whoever calls does other things. */
  async promoteMeanwhile(): Promise<void> {
    const client = new pg.Client(this.address());
    await client.connect();
    try {
      await client.query("select pg_promote(true, 60)");
    } finally {
      await client.end();
    }
  }

  /** Of one that was killed: `pg_ctl` would wait for it. */
  async clear(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  remove(): void {
    this.halt("immediate");
    rmSync(this.folder, { recursive: true, force: true });
  }

  private run(program: string, args: readonly string[], mayFail = false): string {
    if (BIN === undefined) throw new Error("PostgreSQL is not here (apt-get install postgresql)");
    return this.as(join(BIN, program), args, mayFail);
  }

  /** PostgreSQL refuses to run as root: then the user that Debian makes for it does. */
  private as(program: string, args: readonly string[], mayFail = false): string {
    const isRoot = process.getuid?.() === 0;
    const [command, ...rest] = isRoot
      ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", program, ...args]
      : [program, ...args];
    const done = spawnSync(command ?? "", rest, {
      encoding: "utf8",
      cwd: this.folder,
      stdio: ["ignore", "pipe", "pipe"],
    });
    if (done.status !== 0 && !mayFail)
      throw new Error(`${program} ${args.join(" ")}: ${done.stderr || done.stdout}`);
    return (done.stdout ?? "").trim();
  }
}

function findBin(): string | undefined {
  if (!existsSync(ROOT)) return undefined;
  return readdirSync(ROOT)
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(ROOT, version, "bin"))
    .find((bin) => existsSync(join(bin, "initdb")));
}
