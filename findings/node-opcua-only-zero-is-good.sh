#!/usr/bin/env bash
# node-opcua-status-code 2.186.1 (of node-opcua 2.186.4): `isGood()` is false for good values.
#
# Expected: OPC 10000-4, 7.39: Good, Uncertain and Bad are severities, the two highest bits of a status code. GoodClamped, GoodCompletesAsynchronously
# (a method that goes on) and Good with an information bit (the unit of the value has changed, a queue ran over) are good;
# asyncua 2.1.0's `is_good()` says so of each.
# Seen: node-opcua's `isGood()` is true for the number 0 only. A call that was taken and goes on looks refused, a value that was clamped looks
# as if it were missing. `isGoodish()`, which no example of clients uses, is what it is taken for, and is not `!isBad()`: an Uncertain
# value is neither.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
cd "$work"
echo '{"private":true}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts node-opcua-status-code@2.186.1 >/dev/null 2>&1
node -p '"node-opcua-status-code " + require("./node_modules/node-opcua-status-code/package.json").version'
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check asyncua==2.1.0
env/bin/pip freeze | grep -iE '^(asyncua)=='
cat > try.mjs <<'JS'
import { StatusCode, StatusCodes } from "node-opcua-status-code";
const overflow = StatusCode.makeStatusCode(StatusCodes.Good, "Overflow | InfoTypeDataValue");
const all = ["Good", "GoodClamped", "GoodCompletesAsynchronously", "UncertainLastUsableValue", "BadSensorFailure"];
for (const status of [...all.map((name) => StatusCodes[name]), overflow])
  console.log(status.value, status.name, status.isGood(), status.isGoodish(), status.isBad());
JS
cat > try.py <<'PY'
import sys
from asyncua import ua

for line in sys.stdin:
    value, name, *words = line.split()
    code = ua.StatusCode(int(value))
    print(f"0x{int(value):08x} {name}: isGood {words[0]}, isGoodish {words[1]}, isBad {words[2]}; asyncua is_good {code.is_good()}")
PY
seen=$(node try.mjs | env/bin/python try.py)
echo "$seen"
[ "$seen" = "0x00000000 Good: isGood true, isGoodish true, isBad false; asyncua is_good True
0x00300000 GoodClamped: isGood false, isGoodish true, isBad false; asyncua is_good True
0x002e0000 GoodCompletesAsynchronously: isGood false, isGoodish true, isBad false; asyncua is_good True
0x40900000 UncertainLastUsableValue: isGood false, isGoodish false, isBad false; asyncua is_good False
0x808c0000 BadSensorFailure: isGood false, isGoodish false, isBad true; asyncua is_good False
0x00000480 Good#InfoTypeDataValue|Overflow: isGood false, isGoodish true, isBad false; asyncua is_good True" ]
