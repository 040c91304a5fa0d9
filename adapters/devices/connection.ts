import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { LabError } from "../../src/core/errors.ts";

/** Where a device is heard. */
export type DeviceAddress =
  | { readonly kind: "tcp"; readonly host: string; readonly port: number; readonly rtu: boolean }
  | {
      readonly kind: "serial";
      readonly path: string;
      readonly baud: number;
      readonly parity: string;
    };

/** `tcp://host:502`, `rtu+tcp://host:port`, `serial:///dev/ttyUSB0?baud=9600&parity=even`. TL-3202 where it is none of them. */
export function parseAddress(text: string, port: number): DeviceAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const scheme = url?.protocol ?? "";
  if (url !== undefined && (scheme === "tcp:" || scheme === "rtu+tcp:") && url.hostname !== "") {
    const at = url.port === "" ? port : Number(url.port);
    return {
      kind: "tcp",
      host: url.hostname.replace(/^\[|\]$/g, ""),
      port: at,
      rtu: scheme !== "tcp:",
    };
  }
  if (url !== undefined && scheme === "serial:" && url.pathname.length > 1) {
    const baud = Number(url.searchParams.get("baud") ?? 9600);
    const parity = url.searchParams.get("parity") ?? "none";
    return { kind: "serial", path: url.pathname, baud, parity };
  }
  throw new LabError(
    "TL-3202",
    `${text} is no address of a device: write tcp://host:port, rtu+tcp://host:port or serial:///dev/NAME?baud=9600`,
  );
}

/** Opens the way to a device. Rejects with what the operating system says; `signal` gives it up. */
export async function connectTo(address: DeviceAddress, signal: AbortSignal): Promise<Duplex> {
  if (address.kind === "serial") return await openSerial(address);
  const socket = connect({ host: address.host, port: address.port, signal, noDelay: true });
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  // Errors after the connection are told by `close`.
  socket.on("error", () => {});
  return socket;
}

interface SerialModule {
  readonly SerialPort: new (options: object, opened: (error: Error | null) => void) => Duplex;
}

/** `serialport` is native and most laboratories' controllers stand behind a TCP converter: it is loaded where it is installed. */
async function openSerial(address: Extract<DeviceAddress, { kind: "serial" }>): Promise<Duplex> {
  const name = "serialport";
  const module = (await import(name).catch((cause: unknown) => {
    throw new LabError("TL-3202", `${address.path} needs the package serialport`, {
      hint: "npm install serialport@13, or put a serial-to-TCP converter in front of the device.",
      cause,
    });
  })) as SerialModule;
  const { path, baud, parity } = address;
  return await new Promise((resolve, reject) => {
    const port = new module.SerialPort({ path, baudRate: baud, parity }, (error) => {
      if (error !== null) return reject(error);
      port.on("error", () => {});
      resolve(port);
    });
  });
}
