"""A device on a pymodbus 3.16.1 server, told on its standard input what changes behind its back.

The device has `action` (pymodbus' own, with the registers), and `command`, which takes one line of JSON and says how things are with
it. It listens with Modbus TCP, or with RTU frames over TCP; the line {"listening": port} says that it does.
"""

import argparse
import asyncio
import json
import struct
import sys

from pymodbus import FramerType
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice


def options(doc):
    """What every such device is told when it is started; each adds its own."""
    parser = argparse.ArgumentParser(description=doc)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--rtu", action="store_true")
    parser.add_argument("--speed", type=float, default=1.0, help="its time runs so many times faster")
    return parser


def serve(device, count, *, port, rtu, **_others):
    """`count` holding registers from 0 on, until standard input ends."""
    asyncio.run(_serve(device, count, port, rtu))


async def _serve(device, count, port, rtu):
    memory = None

    async def action(function, start, address, amount, registers, values):
        nonlocal memory
        memory = registers
        return await device.action(function, start, address, amount, registers, values)

    blocks = [SimData(0, count=count, values=0, datatype=DataType.REGISTERS)]
    framer = FramerType.RTU if rtu else FramerType.SOCKET
    sim = SimDevice(1, simdata=blocks, action=action)
    server = ModbusTcpServer(sim, framer=framer, address=("127.0.0.1", port))
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    # One look of its own, so that it has set itself up before anybody is told that it listens.
    await server.async_getValues(1, 3, 1, 1)
    await server.serve_forever(background=True)
    print(json.dumps({"listening": port}), flush=True)
    while line := await reader.readline():
        said = device.command(json.loads(line), memory)
        print(json.dumps(said), flush=True)
    await server.shutdown()


def signed(word):
    return word - 0x10000 if word > 0x7FFF else word


def words_of_float(value):
    """High word first."""
    return struct.unpack(">HH", struct.pack(">f", value))


def float_of_words(high, low):
    return struct.unpack(">f", struct.pack(">HH", high, low))[0]
