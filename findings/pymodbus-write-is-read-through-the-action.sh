#!/usr/bin/env bash
# pymodbus 3.16.1: a write of one register that a simulated device took is answered with an exception where its `action` refuses reads.
#
# Expected: `action` of a SimDevice is called once a request: with the values for a write, with None for a read. A register that can only be
# written (the operation command of an Omron E5CC, read by nothing) is one whose reads `action` answers with ILLEGAL_ADDRESS.
# Seen: function 6 calls it twice, first with the value (the register still has the old one), then with None, under function 6: so that the answer
# is exception 2 while the register has the new value. A master that sends again what was refused sends a command twice. Function 16 calls it once
# and is answered well; function 22 (mask) reads before it writes, and is refused with nothing changed. Server and client are the package's own.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q --disable-pip-version-check --only-binary=:all: pymodbus==3.16.1
"$work/env/bin/pip" freeze | grep -iE '^(pymodbus)=='
cat > "$work/try.py" <<'PY'
import asyncio, logging, socket
from pymodbus.client import AsyncModbusTcpClient
from pymodbus.constants import ExcCodes
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

logging.disable(logging.CRITICAL)
calls, memory = [], []

async def action(function, start, address, count, registers, values):
    memory[:] = [registers]
    calls.append((function, values, registers[2]))
    return ExcCodes.ILLEGAL_ADDRESS if values is None else None

async def main():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    device = SimDevice(1, simdata=[SimData(0, count=10, values=7, datatype=DataType.REGISTERS)], action=action)
    server = ModbusTcpServer(device, address=("127.0.0.1", port))
    await server.serve_forever(background=True)
    client = AsyncModbusTcpClient("127.0.0.1", port=port)
    await client.connect()
    for name, request in {
        "6": lambda: client.write_register(2, 900, device_id=1),
        "16": lambda: client.write_registers(2, [901], device_id=1),
        "22": lambda: client.mask_write_register(address=2, and_mask=0, or_mask=902, device_id=1),
        "3": lambda: client.read_holding_registers(2, count=1, device_id=1),
    }.items():
        calls.clear()
        answer = await request()
        code = f"exception {answer.exception_code}" if answer.isError() else "taken"
        print(f"function {name}: {code}, the register is {memory[0][2]}; action saw {calls}")
    client.close()
    await server.shutdown()

asyncio.run(main())
PY
seen=$("$work/env/bin/python" "$work/try.py")
echo "$seen"
[ "$seen" = "function 6: exception 2, the register is 900; action saw [(6, [900], 7), (6, None, 900)]
function 16: taken, the register is 901; action saw [(16, [901], 900)]
function 22: exception 2, the register is 901; action saw [(22, None, 901)]
function 3: exception 2, the register is 901; action saw [(3, None, 901)]" ]
