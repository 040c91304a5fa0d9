#!/usr/bin/env bash
# modbus-serial 8.0.25: a set point that is missing or not a number is written as 0, without an error.
#
# Expected: `writeRegister(2, NaN)` and `writeRegister(2, undefined)` (a field that a script misspelt) throw, as 70000 and -5 do.
# Seen: the furnace gets 0. The promise resolves, for `undefined` with `value: 0` as if that had been asked. Decimals are cut:
# 466.8 -> 466. A negative number throws, so a controller that counts below zero needs the two's complement by hand.
# Client and server are both the package's own.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
cd "$work"
echo '{"private":true,"type":"module"}' > package.json
npm install --silent --no-audit --no-fund --no-optional --ignore-scripts modbus-serial@8.0.25 >/dev/null 2>&1
cat > try.mjs <<'JS'
import ModbusRTU, { ServerTCP } from "modbus-serial";
const stored = [];
const server = new ServerTCP({ setRegister: (_, value) => void stored.push(value) }, { host: "127.0.0.1", port: 15027 });
await new Promise((resolve) => server.on("initialized", resolve));
const client = new ModbusRTU();
await client.connectTCP("127.0.0.1", { port: 15027 });
client.setTimeout(5000);
for (const value of [Number.NaN, undefined, 466.8, -5, 70000]) {
  const answer = await client.writeRegister(2, value).then(({ value }) => `answered ${value}`, () => "an error");
  console.log(`${value}: ${answer}, stored ${stored.splice(0).join() || "nothing"}`);
}
process.exit(0);
JS
seen=$(node try.mjs)
echo "$seen"
[ "$seen" = "NaN: answered 0, stored 0
undefined: answered 0, stored 0
466.8: answered 466, stored 466
-5: an error, stored nothing
70000: an error, stored nothing" ]
