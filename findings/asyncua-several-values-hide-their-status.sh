#!/usr/bin/env bash
# asyncua 2.1.0: one value that is not good raises, several that are read together come without a word.
#
# Expected: `client.read_values([a, b])` is `read_value` of each in one request: what raises there raises here.
# Seen: `read_value` raises for a status that is Bad (as expected) and for one that is Uncertain, although a value came with it (a sensor whose
# last usable value is shown). `read_values` gives that uncertain value as it is, and None for the bad one; in a list of numbers nothing tells
# 350 that was measured from 350 that is an hour old. A subscription passes both on likewise; its status lies in the third argument, `data.monitored_item.Value.StatusCode`.
# Server and client are the package's own.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q --disable-pip-version-check --only-binary=:all: asyncua==2.1.0
"$work/env/bin/pip" freeze | grep -iE '^(asyncua)=='
cat > "$work/try.py" <<'PY'
import asyncio, logging, socket
from asyncua import Client, Server, ua

logging.disable(logging.CRITICAL)

async def main():
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"opc.tcp://127.0.0.1:{free.getsockname()[1]}/"
    server = Server()
    await server.init()
    server.set_endpoint(url)
    space = await server.register_namespace("urn:try")
    furnace = await server.nodes.objects.add_object(space, "furnace")
    nodes = {}
    for name in ("Good", "UncertainLastUsableValue", "BadSensorFailure"):
        nodes[name] = await furnace.add_variable(space, name, 350.0)
        status = ua.StatusCode(getattr(ua.StatusCodes, name))
        await server.write_attribute_value(nodes[name].nodeid, ua.DataValue(ua.Variant(350.0), StatusCode=status))
    async with server, Client(url) as client:
        mine = {name: client.get_node(node.nodeid) for name, node in nodes.items()}
        for name, node in mine.items():
            try:
                print("read_value", name, await node.read_value())
            except ua.UaStatusCodeError as error:
                print("read_value", name, "raises", type(error).__name__)
        print("read_values", await client.read_values(list(mine.values())))
        heard = {}
        class Handler:
            def datachange_notification(self, node, value, data):
                heard[node.nodeid.Identifier] = value
        subscription = await client.create_subscription(50, Handler())
        await subscription.subscribe_data_change(list(mine.values()))
        for _ in range(100):
            if len(heard) == 3:
                break
            await asyncio.sleep(0.1)
        print("subscription", [heard[node.nodeid.Identifier] for node in mine.values()])

asyncio.run(main())
PY
seen=$("$work/env/bin/python" "$work/try.py")
echo "$seen"
[ "$seen" = "read_value Good 350.0
read_value UncertainLastUsableValue raises UaStatusCodeError
read_value BadSensorFailure raises BadSensorFailure
read_values [350.0, 350.0, None]
subscription [350.0, 350.0, None]" ]
