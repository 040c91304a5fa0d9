import { execFile } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { Aedes } from "aedes";
import { afterEach, expect, test } from "vitest";
import { pythonWith } from "../support/python-packages.ts";

const PYTHON = pythonWith("paho-mqtt==2.2.0");
const FOLDER = join(import.meta.dirname, "python-instrument");

/** Connects as the instrument does, and says how each of its connections sends: the first, and the one after a cut. */
const SCRIPT = `
import socket, sys, threading
sys.path.insert(0, ${JSON.stringify(FOLDER)})
from transport import make_transport
sends, there = [], threading.Event()
def connected():
    opened = transport.client.socket()
    sends.append(opened.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
    if len(sends) == 2:
        return there.set()
    opened.shutdown(socket.SHUT_RDWR)
transport = make_transport("paho", sys.argv[1], "i", lambda: ("w", b"{}"), connected, lambda *_: None)
transport.start(["a"])
there.wait(20)
transport.stop()
print(sends)
`;

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of cleanUp.splice(0).reverse()) await end();
});

test.skipIf(PYTHON === undefined)(
  "the Python instrument's connections send at once, also the next one after a cut",
  { timeout: 40_000 },
  async () => {
    const aedes = await Aedes.createBroker();
    const server = createServer((socket) => void aedes.handle(socket));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    cleanUp.push(async () => {
      server.close();
      await new Promise<void>((resolve) => aedes.close(() => resolve()));
    });
    const url = `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { stdout } = await promisify(execFile)(PYTHON ?? "", ["-B", "-c", SCRIPT, url]);
    expect(stdout.trim()).toMatch(/^\[[1-9]\d*, [1-9]\d*\]$/);
  },
);
