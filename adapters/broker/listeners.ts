import { once } from "node:events";
import {
  createServer as createHttpServer,
  type Server as HttpServer,
  type IncomingMessage,
} from "node:http";
import { createServer as createTcpServer, type Socket, type Server as TcpServer } from "node:net";
import type { Duplex } from "node:stream";
import { createWebSocketStream, WebSocketServer } from "ws";
import { LabError } from "../../src/core/errors.ts";
import type { Logger } from "../../src/core/logger.ts";
import { isWelcome } from "./known-clients.ts";
import { withoutWaiting } from "./unread-bytes.ts";

/** Where the broker inside the process listens, and whom it lets in over WebSocket. */
export interface ListenOptions {
  /** Address to listen on; by default only this machine reaches the broker, because it asks nobody for a password. */
  readonly host?: string | undefined;
  /** TCP port; 0 takes a free one. */
  readonly port: number;
  /** Port of MQTT over WebSocket; absent means none, 0 takes a free one. */
  readonly webSocketPort?: number | undefined;
  /** Web pages (origins) that may use the WebSocket port; programs that are no browser send none. */
  readonly origins?: readonly string[] | undefined;
  /** Names under which the WebSocket port may be reached, besides addresses and localhost. */
  readonly allowedHosts?: readonly string[] | undefined;
}

export interface ListenRules extends ListenOptions {
  readonly packetBytesMax: number;
  /** Who speaks on a connection, as people know them; `undefined` before they have said so. */
  readonly nameOf: (connection: Duplex) => string | undefined;
}

/** What takes over a connection. */
export type Handle = (connection: Duplex, request?: IncomingMessage) => void;

/**
 * The broker's open ports and every connection that came by them. The broker's library knows only clients that have said
 * CONNECT while it ran: one that says nothing, or says it during the stop, is nobody's but ours, and would keep the
 * process alive for as long as it pleases.
 */
export class Listeners {
  private readonly options: ListenRules;
  private readonly logger: Logger;
  private readonly servers: (TcpServer | HttpServer)[] = [];
  private readonly closed: Promise<unknown>[] = [];
  private readonly connections = new Set<Socket>();

  constructor(options: ListenRules, logger: Logger) {
    this.options = options;
    this.logger = logger;
  }

  /** @returns The port. @throws TL-2002, TL-2005. */
  listenTcp(handle: Handle): Promise<number> {
    // Without Nagle's wait: a stop behind other messages would lie 40 ms in the socket.
    const server = createTcpServer({ noDelay: true }, (socket) => handle(this.tolerant(socket)));
    return this.listen(server, this.options.port);
  }

  /** @returns The port. @throws TL-2002, TL-2005. */
  listenWebSocket(handle: Handle, port: number): Promise<number> {
    const server = createHttpServer((_, response) => {
      response.writeHead(426, { "content-type": "text/plain" });
      response.end("This port speaks MQTT over WebSocket.\n");
    });
    const sockets = new WebSocketServer({
      server,
      maxPayload: this.options.packetBytesMax,
      verifyClient: ({ req }: { req: IncomingMessage }) =>
        isWelcome(req.headers, this.options) || this.refuse(req),
      handleProtocols: (offered) => [...offered].find((name) => name.startsWith("mqtt")) ?? false,
    });
    // Listening errors belong to the HTTP server; without a listener here they would be thrown twice.
    sockets.on("error", () => {});
    sockets.on("connection", (socket, request) => {
      const stream = createWebSocketStream(socket);
      stream.on("error", (error) =>
        this.logger.debug({ error: error.message }, "broker.webSocketClosed"),
      );
      handle(this.tolerant(stream), request);
    });
    return this.listen(server, port);
  }

  /** Takes nobody else in; those who are connected stay. */
  refuseNew(): void {
    for (const server of this.servers) server.close();
  }

  /** Ends whatever is still connected, whoever it is; may be called again. */
  async close(): Promise<void> {
    this.refuseNew();
    for (const connection of this.connections) connection.destroy();
    await Promise.all(this.closed);
  }

  private tolerant(connection: Duplex): Duplex {
    return withoutWaiting(connection, (bytes) =>
      this.logger.warn(
        { client: this.options.nameOf(connection), bytes },
        "broker.clientDoesNotRead",
      ),
    );
  }

  private refuse({ headers: { origin, host } }: IncomingMessage): false {
    this.logger.warn({ origin, host }, "broker.webSocketRefused");
    return false;
  }

  private async listen(server: TcpServer | HttpServer, port: number): Promise<number> {
    const host = this.options.host ?? "127.0.0.1";
    server.on("connection", (connection: Socket) => {
      this.connections.add(connection);
      connection.once("close", () => this.connections.delete(connection));
    });
    try {
      server.listen(port, host);
      await once(server, "listening");
    } catch (error) {
      throw portError(error, port, host);
    }
    // What goes wrong with one who comes in ends nobody else's connection.
    server.on("error", (error) =>
      this.logger.error({ error: error.message }, "broker.acceptFailed"),
    );
    this.servers.push(server);
    this.closed.push(once(server, "close"));
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : port;
  }
}

function portError(error: unknown, port: number, host: string): LabError {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "EADDRINUSE"
    ? new LabError("TL-2002", `port ${port} of ${host} is taken by another program`, {
        cause: error,
      })
    : new LabError("TL-2005", `port ${port} of ${host} cannot be opened (${String(code)})`, {
        cause: error,
      });
}
