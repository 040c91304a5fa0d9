#!/usr/bin/env bash
# pymodbus 3.16.1: bit 0 of a register is bit 8 for its own client, and what the client writes as bit 0 is bit 8 of the device.
#
# Expected: the simulator and the client of one library agree: a register that was made of [True, False, ...] (BITS), 0x0001 on the wire,
# comes back from `convert_from_registers(..., BITS)` with element 0 true, as read_coils on the same register says.
# Seen: element 8. The converter counts from the lowest bit of the *high* byte: 0x0020, the sensor break of a Eurotherm's status
# word (bit 5), is element 13, and `convert_to_registers` of element 5 is 0x2000. The round trip through the converter alone is
# whole, so that tests without a device see nothing. Numbers (UINT16 and a mask) are right.
# Server and client are the package's own, on a socket.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q --disable-pip-version-check pymodbus==3.16.1
cat > "$work/try.py" <<'PY'
import asyncio, logging, socket
from pymodbus.client import AsyncModbusTcpClient
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

logging.disable(logging.CRITICAL)
BITS = AsyncModbusTcpClient.DATATYPE.BITS

def only(k):
    return [n == k for n in range(16)]

def true(bits):
    return [n for n, bit in enumerate(bits) if bit]

async def main():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    device = SimDevice(1, simdata=[SimData(0, values=only(0) + only(5), datatype=DataType.BITS), SimData(2, datatype=DataType.REGISTERS)])
    server = ModbusTcpServer(device, address=("127.0.0.1", port))
    await server.serve_forever(background=True)
    client = AsyncModbusTcpClient("127.0.0.1", port=port)
    await client.connect()
    read = lambda address: client.read_holding_registers(address, count=1, device_id=1)
    print("coils of register 0:", true((await client.read_coils(0, count=16, device_id=1)).bits))
    for address in (0, 1):
        words = (await read(address)).registers
        print(f"bit {5 * address} on the device: 0x{words[0]:04x}, client: bit", *true(client.convert_from_registers(words, BITS)))
    await client.write_registers(2, client.convert_to_registers(only(5), BITS), device_id=1)
    words = (await read(2)).registers
    print(f"client writes bit 5: 0x{words[0]:04x}, back: bit", *true(client.convert_from_registers(words, BITS)))
    client.close()
    await server.shutdown()

asyncio.run(main())
PY
seen=$("$work/env/bin/python" "$work/try.py")
echo "$seen"
[ "$seen" = "coils of register 0: [0]
bit 0 on the device: 0x0001, client: bit 8
bit 5 on the device: 0x0020, client: bit 13
client writes bit 5: 0x2000, back: bit 5" ]
