#!/usr/bin/env bash
# uModbus 1.0.4: over Modbus TCP, whose answers carry the number of their request, a late answer is returned for the next request.
#
# Expected: the transaction of an answer is that of the request (MODBUS Messaging on TCP/IP V1.0b, 4.2.2: it pairs them); another
# is nobody's. With the client of pymodbus 3.16.1 no value is wrong.
# Seen: `tcp.send_message` takes what comes. A controller that is late once, so that the caller's socket times out, has every later question
# answered by its predecessor's registers, without an error, where they are as many: a set point read as the temperature would look like
# "reached". Neither the transaction nor the unit is compared. The device is pymodbus' server, which takes 0.6 s for its first answer.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q --disable-pip-version-check uModbus==1.0.4 pymodbus==3.16.1
"$work/env/bin/pip" freeze | grep -iE '^(umodbus|pymodbus)=='
cat > "$work/try.py" <<'PY'
import asyncio, logging, socket, time
from pymodbus.client import ModbusTcpClient
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice
from umodbus.client import tcp

logging.disable(logging.CRITICAL)
late = 1

async def action(function, start, address, count, registers, values):
    global late
    if late:
        late -= 1
        await asyncio.sleep(0.6)

def with_umodbus(port):
    line = socket.create_connection(("127.0.0.1", port), timeout=0.3)
    for register in (1, 2, 3, 4):
        try:
            print("uModbus, register", register, tcp.send_message(tcp.read_holding_registers(1, register, 1), line))
        except TimeoutError:
            print("uModbus, register", register, "is late")
            time.sleep(0.6)
    line.close()

def with_pymodbus(port):
    client = ModbusTcpClient("127.0.0.1", port=port, timeout=0.3, retries=0)
    client.connect()
    for register in (1, 2, 3, 4):
        try:
            print("pymodbus, register", register, client.read_holding_registers(register, count=1, device_id=1).registers)
        except Exception:
            print("pymodbus, register", register, "is late")
            time.sleep(0.6)
            client.connect()
    client.close()

async def main():
    global late
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    values = [100 * k for k in range(10)]
    device = SimDevice(1, simdata=[SimData(0, values=values, datatype=DataType.REGISTERS)], action=action)
    server = ModbusTcpServer(device, address=("127.0.0.1", port))
    await server.serve_forever(background=True)
    await asyncio.to_thread(with_umodbus, port)
    late = 1
    await asyncio.to_thread(with_pymodbus, port)
    await server.shutdown()

asyncio.run(main())
PY
seen=$("$work/env/bin/python" "$work/try.py")
echo "$seen"
[ "$seen" = "uModbus, register 1 is late
uModbus, register 2 [100]
uModbus, register 3 [200]
uModbus, register 4 [300]
pymodbus, register 1 is late
pymodbus, register 2 [200]
pymodbus, register 3 [300]
pymodbus, register 4 [400]" ]
