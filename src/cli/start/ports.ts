import { once } from "node:events";
import { createServer } from "node:net";
import type { LoadedConfiguration } from "../../../config/load-configuration.ts";
import { misuse } from "../../core/errors.ts";
import type { CommandIo } from "../command.ts";

interface PortOptions {
  readonly config?: string | undefined;
  readonly brokerPort?: string | undefined;
  readonly pagePort?: string | undefined;
}

/** Ports that are tried after a taken one. */
const TRIES_max = 20;

/**
 * The configuration with the ports that were asked for. Where nobody wrote a configuration, nobody chose its ports: one that is
 * taken makes way for the next free one, and this is told. A written configuration's ports are left to fail (TL-2001, TL-9001).
 */
export async function withPorts(
  loaded: LoadedConfiguration,
  options: PortOptions,
  io: Pick<CommandIo, "out">,
): Promise<LoadedConfiguration> {
  const { configuration } = loaded;
  const { broker, page } = configuration;
  const isOurs = options.config === undefined;
  const choose = async (what: string, asked: string | undefined, host: string, usual: number) => {
    if (asked !== undefined) return portOf(`--${what}-port`, asked);
    const free = isOurs ? await nextFree(host, usual) : usual;
    if (free !== usual)
      io.out(`Port ${usual} is taken; the ${what} is on ${free} (--${what}-port chooses).\n`);
    return free;
  };
  const { webSocketPort } = broker;
  const freeSocket =
    isOurs && webSocketPort !== undefined ? await nextFree(broker.host, webSocketPort) : undefined;
  return {
    ...loaded,
    configuration: {
      ...configuration,
      broker: {
        ...broker,
        port: await choose("broker", options.brokerPort, broker.host, broker.port),
        ...(freeSocket === undefined ? {} : { webSocketPort: freeSocket }),
      },
      page: { ...page, port: await choose("page", options.pagePort, page.host, page.port) },
    },
  };
}

function portOf(option: string, text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535)
    throw misuse(
      "TL-1001",
      `${option} ${text} is no port`,
      "Write 1 to 65535; 0 lets the system choose.",
    );
  return port;
}

/** The first port from `usual` on that nobody listens on; `usual` where none of them is free, so that its error is told. */
async function nextFree(host: string, usual: number): Promise<number> {
  if (usual === 0) return 0;
  for (let port = usual; port < Math.min(usual + TRIES_max, 65_536); port++)
    if (await isFree(host, port)) return port;
  return usual;
}

async function isFree(host: string, port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, "listening");
    return true;
  } catch {
    return false;
  } finally {
    if (server.listening) {
      server.close();
      await once(server, "close");
    }
  }
}
