#!/usr/bin/env bash
# paho-mqtt 2.2.0 and mqtt 5.16.0 (npm): plain TCP connections keep Nagle's algorithm on, so that a client that answers a message waits 40 ms.
#
# Expected: libraries for small messages set TCP_NODELAY, as gmqtt 0.8.0 (by asyncio) does.
# Seen: paho's socket says TCP_NODELAY 0; MQTT.js never calls setNoDelay on mqtt://. It costs nothing until a client publishes right
# after the PUBACK of what it has just received (an instrument that reports as soon as it is acknowledged): the publish is kept
# back until the broker's TCP acknowledgement, which Linux delays by 40 ms. QoS 1 ping-pong of two clients over a broker that
# sends at once: median above 30 ms a round; with setNoDelay on the same clients a few ms.
set -euo pipefail
work=$(mktemp -d); trap 'kill "${broker:-}" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check paho-mqtt==2.2.0 gmqtt==0.8.0
env/bin/pip freeze | grep -iE '^(paho-mqtt|gmqtt)=='
npm install --silent --no-audit --no-fund --prefix . mqtt@5.16.0 aedes@1.1.1 > /dev/null
node -p '"mqtt " + require("./node_modules/mqtt/package.json").version'
node -p '"aedes " + require("./node_modules/aedes/package.json").version'
cat > broker.cjs <<'JS'
const server = require("node:net").createServer({ noDelay: true }, (socket) => aedes.handle(socket));
const { Aedes } = require("aedes");
let aedes;
(async () => {
  aedes = Aedes.createBroker ? await Aedes.createBroker() : new Aedes();
  server.listen(0, "127.0.0.1", () => console.log(server.address().port));
})();
JS
node broker.cjs > port & broker=$!
for _ in $(seq 100); do [ -s port ] && break; sleep 0.1; done
cat > options.py <<'PY'
import asyncio, socket, sys
import gmqtt, paho.mqtt.client as paho
port = int(sys.argv[1])
told = lambda one: "on" if one.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) else "off"
client = paho.Client(paho.CallbackAPIVersion.VERSION2)
client.connect("127.0.0.1", port)
print("paho-mqtt: TCP_NODELAY", told(client.socket()))
client.disconnect()
async def other():
    client = gmqtt.Client("g")
    await client.connect("127.0.0.1", port, version=4)
    print("gmqtt: TCP_NODELAY", told(client._connection._transport.get_extra_info("socket")))
    await client.disconnect()
asyncio.run(other())
PY
cat > rounds.cjs <<'JS'
const { Socket } = require("node:net");
const mqtt = require("mqtt");
const port = Number(process.argv[2]);
let calls = 0;
const real = Socket.prototype.setNoDelay;
Socket.prototype.setNoDelay = function (on) { calls++; return real.call(this, on); };
/** Median of 40 rounds: one says "ping", the other answers "pong" at once, both QoS 1. */
async function rounds(isPrompt) {
  const [one, other] = await Promise.all([1, 2].map(() => mqtt.connectAsync(`mqtt://127.0.0.1:${port}`)));
  if (isPrompt) for (const { stream } of [one, other]) real.call(stream, true);
  await one.subscribeAsync("pong", { qos: 1 });
  await other.subscribeAsync("ping", { qos: 1 });
  other.on("message", () => other.publish("pong", "x", { qos: 1 }));
  const times = [];
  for (let k = 0; k < 40; k++) {
    const began = performance.now();
    const heard = new Promise((resolve) => one.once("message", resolve));
    one.publish("ping", "x", { qos: 1 });
    await heard;
    times.push(performance.now() - began);
  }
  await Promise.all([one.endAsync(), other.endAsync()]);
  return times.sort((a, b) => a - b)[20];
}
(async () => {
  const [kept, off] = [await rounds(false), await rounds(true)];
  console.log(`mqtt.js: setNoDelay called ${calls} times for two connections`);
  console.error(`a round: median ${kept.toFixed(1)} ms; with setNoDelay ${off.toFixed(1)} ms`);
  console.log(`a round waits: ${kept > 30 && kept > 2 * off ? "yes" : "no"}`);
})();
JS
seen=$(env/bin/python options.py "$(cat port)"; node rounds.cjs "$(cat port)")
echo "$seen"
[ "$seen" = "paho-mqtt: TCP_NODELAY off
gmqtt: TCP_NODELAY on
mqtt.js: setNoDelay called 0 times for two connections
a round waits: yes" ]
