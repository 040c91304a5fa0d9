import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { MOSQUITTO } from "../../contract/mosquitto.ts";

/** Where a broker of a proof listens. */
export interface Doors {
  readonly tcp: number;
  readonly webSocket: number;
}

/** A broker that others wrote: how it is got, pinned, and how it is started with a folder of its own. */
export interface ForeignBroker {
  readonly name: string;
  readonly version: string;
  /** Of MQTT. */
  readonly versions: readonly (4 | 5)[];
  readonly hasWebSocket: boolean;
  /** Words of the suite's tests that it does not pass: why, and the way round. */
  readonly cannot: readonly (readonly [words: string, why: string])[];
  /** Downloads and builds it into a folder that is kept. */
  install(folder: string): void;
  /** Command and arguments; writes its settings below `home`. */
  command(folder: string, home: string, doors: Doors): readonly string[];
}

const sh = (command: string, args: readonly string[], env: Record<string, string> = {}): void =>
  void execFileSync(command, args, {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, ...env },
  });

function mosquitto(name: string, more: readonly string[]): ForeignBroker {
  return {
    name,
    version: "2.0.11",
    ...{ versions: [4, 5], hasWebSocket: true },
    cannot: more.length === 0 ? [] : [["oversized", "its packets end at 8192 bytes, as asked for"]],
    install: () => {
      if (MOSQUITTO === undefined) throw new Error("apt-get install mosquitto");
    },
    command: (_, home, { tcp, webSocket }) => {
      const file = join(home, "mosquitto.conf");
      writeFileSync(
        file,
        [
          ...(process.getuid?.() === 0 ? ["user root"] : []),
          ...["allow_anonymous true", "persistence true", `persistence_location ${home}/`, ...more],
          `listener ${tcp} 127.0.0.1`,
          ...[`listener ${webSocket} 127.0.0.1`, "protocol websockets", ""],
        ].join("\n"),
      );
      return [MOSQUITTO ?? "", "-c", file];
    },
  };
}

/** Of Go's module proxy. */
function ofGo(
  module: string,
  version: string,
  rest: Omit<ForeignBroker, "version" | "install">,
): ForeignBroker {
  return {
    ...rest,
    version,
    install: (folder) => {
      if (!existsSync(join(folder, "bin")))
        sh("go", ["install", `${module}@v${version}`], { GOBIN: join(folder, "bin") });
    },
  };
}

/** Of Maven Central, with everything that it needs. */
function ofMaven(
  artifact: readonly [group: string, name: string],
  version: string,
  rest: Omit<ForeignBroker, "version" | "install">,
): ForeignBroker {
  const [group, name] = artifact;
  return {
    ...rest,
    version,
    install: (folder) => {
      if (existsSync(join(folder, "lib"))) return;
      mkdirSync(folder, { recursive: true });
      const pom = join(folder, "pom.xml");
      writeFileSync(
        pom,
        `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>proof</groupId><artifactId>proof</artifactId><version>1</version><dependencies><dependency>
<groupId>${group}</groupId><artifactId>${name}</artifactId><version>${version}</version>
</dependency></dependencies></project>`,
      );
      const copy = `-DoutputDirectory=${join(folder, "lib")}`;
      sh("mvn", ["-q", "-B", "-f", pom, "dependency:copy-dependencies", copy]);
    },
  };
}

/** A start of HiveMQ's own that lets everybody in, which without an extension nobody is. */
const HIVEMQ_START = `import com.hivemq.embedded.*;
import com.hivemq.extension.sdk.api.ExtensionMain;
import com.hivemq.extension.sdk.api.auth.SimpleAuthenticator;
import com.hivemq.extension.sdk.api.parameter.*;
import com.hivemq.extension.sdk.api.services.Services;
import java.nio.file.Path;
public class Start {
  public static void main(String[] args) {
    var everybody = new ExtensionMain() {
      public void extensionStart(ExtensionStartInput in, ExtensionStartOutput out) {
        SimpleAuthenticator yes = (input, output) -> output.authenticateSuccessfully();
        Services.securityRegistry().setAuthenticatorProvider(input -> yes);
      }
      public void extensionStop(ExtensionStopInput in, ExtensionStopOutput out) {}
    };
    var extension = EmbeddedExtension.builder().withId("everybody").withName("everybody").withVersion("1")
      .withAuthor("proof").withPriority(0).withStartPriority(0).withExtensionMain(everybody).build();
    var home = Path.of(args[0]);
    EmbeddedHiveMQ.builder().withConfigurationFolder(home.resolve("conf")).withDataFolder(home.resolve("data"))
      .withExtensionsFolder(home.resolve("extensions")).withEmbeddedExtension(extension).build().start().join();
  }
}
`;

export const FOREIGN_BROKERS: readonly ForeignBroker[] = [
  mosquitto("Mosquitto", []),
  mosquitto("Mosquitto, max_packet_size 8192", ["max_packet_size 8192"]),
  ofGo("github.com/mochi-mqtt/server/v2/cmd", "2.7.9", {
    name: "mochi-mqtt",
    ...{ versions: [4, 5], hasWebSocket: true },
    cannot: [
      [
        "but not the expired ones",
        "hands out what has expired, behind what was said later: the instrument refuses a start that is past its time",
      ],
    ],
    command: (folder, _, { tcp, webSocket }) => [
      ...[join(folder, "bin/cmd"), "-tcp", `127.0.0.1:${tcp}`, "-ws", `127.0.0.1:${webSocket}`],
      ...["-info", "127.0.0.1:0"],
    ],
  }),
  ofMaven(["com.hivemq", "hivemq-community-edition-embedded"], "2025.5", {
    name: "HiveMQ CE",
    ...{ versions: [4, 5], hasWebSocket: true },
    cannot: [
      ["10 000 random byte strings", "takes longer than the proof waits for (40 s on these cores)"],
    ],
    command: (folder, home, { tcp, webSocket }) => {
      for (const one of ["conf", "data", "extensions"])
        mkdirSync(join(home, one), { recursive: true });
      const listener = (kind: string, port: number, more = ""): string =>
        `<${kind}-listener><port>${port}</port><bind-address>127.0.0.1</bind-address>${more}</${kind}-listener>`;
      writeFileSync(
        join(home, "conf/config.xml"),
        `<?xml version="1.0"?><hivemq><listeners>${listener("tcp", tcp)}${listener("websocket", webSocket, "<path>/</path>")}` +
          "</listeners><anonymous-usage-statistics><enabled>false</enabled></anonymous-usage-statistics></hivemq>",
      );
      writeFileSync(join(home, "Start.java"), HIVEMQ_START);
      return [
        ...["java", "-Xmx512m", "-cp", join(folder, "lib/*"), join(home, "Start.java"), home],
      ];
    },
  }),
  ofMaven(["io.moquette", "moquette-broker"], "0.17", {
    name: "Moquette",
    ...{ versions: [4], hasWebSocket: false },
    cannot: [
      ["oversized", "ends the connection at 8092 bytes: netty.mqtt.message_size"],
      ["births and states are retained", "hands out retained messages without the flag"],
    ],
    command: (folder, home, { tcp }) => {
      mkdirSync(join(home, "config"), { recursive: true });
      mkdirSync(join(home, "data"), { recursive: true });
      writeFileSync(
        join(home, "config/moquette.conf"),
        `port ${tcp}\nhost 127.0.0.1\nallow_anonymous true\npersistence_enabled true\ndata_path ${home}/data/\ntelemetry_enabled false\n`,
      );
      const classes = ["-cp", join(folder, "lib/*"), "io.moquette.broker.Server"];
      return ["java", "-Xmx256m", `-Dmoquette.path=${home}`, ...classes];
    },
  }),
  ofGo("github.com/nats-io/nats-server/v2", "2.15.3", {
    name: "NATS",
    ...{ versions: [4], hasWebSocket: false },
    cannot: [["oversized", "ends the connection above 1 MiB: max_payload"]],
    command: (folder, home, { tcp, webSocket }) => {
      const file = join(home, "nats.conf");
      writeFileSync(
        file,
        `listen: "127.0.0.1:${webSocket}"\nserver_name: proof\njetstream { store_dir: "${home}/store" }\n` +
          `mqtt { listen: "127.0.0.1:${tcp}" }\n`,
      );
      return [join(folder, "bin/nats-server"), "-c", file];
    },
  }),
  {
    name: "rumqttd",
    version: "0.20.0",
    ...{ versions: [4], hasWebSocket: false },
    cannot: [],
    install: (folder) => {
      // Without TLS and WebSocket half as many crates are built. Its own lock file (--locked) does not compile with Rust 1.95.
      if (!existsSync(join(folder, "bin/rumqttd")))
        sh("cargo", [
          ...["install", "-q", "--root", folder, "--version", "0.20.0", "--no-default-features"],
          "rumqttd",
        ]);
    },
    command: (folder, home, { tcp }) => {
      const file = join(home, "rumqttd.toml");
      writeFileSync(
        file,
        `id = 0
[router]
id = 0
max_connections = 1000
max_outgoing_packet_count = 200
max_segment_size = 104857600
max_segment_count = 10
[v4.1]
name = "v4"
listen = "127.0.0.1:${tcp}"
next_connection_delay_ms = 1
[v4.1.connections]
connection_timeout_ms = 60000
max_payload_size = 4194304
max_inflight_count = 100
dynamic_filters = true
`,
      );
      return [join(folder, "bin/rumqttd"), "-c", file];
    },
  },
  {
    name: "amqtt",
    version: "0.12.1",
    ...{ versions: [4], hasWebSocket: false },
    cannot: [
      ["comes again after the client was killed", "gives an unanswered message up"],
      ...[
        "births and states are retained",
        "the will of a killed client",
        "the same message sent again",
        "oversized",
        "10 000 random byte strings",
        "bytes that are no MQTT",
        "readings at QoS 0",
      ].map(
        (words) => [words, "in some runs: late, or to a client that never subscribed"] as const,
      ),
    ],
    install: (folder) => {
      if (existsSync(join(folder, "bin/amqtt"))) return;
      sh("python3", ["-m", "venv", folder]);
      sh(join(folder, "bin/pip"), [
        ...["install", "-q", "--disable-pip-version-check", "amqtt==0.12.1"],
      ]);
    },
    command: (folder, home, { tcp }) => {
      const file = join(home, "amqtt.yaml");
      writeFileSync(
        file,
        `listeners:\n  default: { type: tcp, bind: "127.0.0.1:${tcp}" }\n` +
          "plugins:\n  amqtt.plugins.authentication.AnonymousAuthPlugin: { allow_anonymous: true }\n",
      );
      return [join(folder, "bin/amqtt"), "-c", file];
    },
  },
];

/** A broker's process: started, killed as by a power cut, started again. */
export class RunningForeigner {
  private child: ChildProcess | undefined;
  private said = "";
  private readonly command: readonly string[];
  private readonly port: number;

  constructor(command: readonly string[], port: number) {
    this.command = command;
    this.port = port;
  }

  async start(): Promise<void> {
    const [program = "", ...args] = this.command;
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
    this.child = child;
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => {
        this.said = (this.said + chunk.toString()).slice(-4000);
      });
    const deadline_ms = performance.now() + 90_000;
    while (!(await listens(this.port))) {
      if (child.exitCode !== null || performance.now() > deadline_ms)
        throw new Error(`${program} does not listen: ${this.said}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async kill(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, "exit");
    child.kill("SIGKILL");
    await exit;
  }
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
