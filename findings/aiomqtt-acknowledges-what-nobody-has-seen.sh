#!/usr/bin/env bash
# aiomqtt 2.5.1 (on paho-mqtt 2.2.0): messages of QoS 1 are acknowledged before the program has seen them.
#
# Expected: of three messages that come at once, each is acknowledged when the loop `async for message in client.messages` goes on behind it, as
# paho itself acknowledges when `on_message` has returned: a program that is killed at the first gets the others from the broker later,
# since its session is kept.
# Seen: while the first is being worked on, all three are acknowledged: they wait in a queue of the client's own memory. What is killed then
# loses two commands that it has never heard of, and the broker does not send them again. There is no switch: paho's `manual_ack` is not
# passed on.
# The broker is 25 lines on a socket.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q --disable-pip-version-check --only-binary=:all: aiomqtt==2.5.1 paho-mqtt==2.2.0
"$work/env/bin/pip" freeze | grep -iE '^(aiomqtt|paho-mqtt)=='
cat > "$work/try.py" <<'PY'
import asyncio, inspect, socket, threading, time
import aiomqtt
import paho.mqtt.client as paho

def broker():
    """CONNACK, SUBACK, then three messages of QoS 1; gives its port and the list of acknowledged ids."""
    server, acknowledged = socket.create_server(("127.0.0.1", 0)), []
    def serve():
        line, _ = server.accept()
        heard = b""
        while part := line.recv(4096):
            heard += part
            while len(heard) > 1 and len(heard) >= 2 + heard[1]:
                packet, heard = heard[:2 + heard[1]], heard[2 + heard[1]:]
                if packet[0] == 0x10:
                    line.sendall(b"\x20\x02\x00\x00")
                elif packet[0] == 0x82:
                    line.sendall(b"\x90\x03" + packet[2:4] + b"\x01")
                    line.sendall(b"".join(b"\x32\x08\x00\x03cmd\x00" + bytes([k, 48 + k]) for k in (1, 2, 3)))
                elif packet[0] == 0x40:
                    acknowledged.append(packet[3])
    threading.Thread(target=serve, daemon=True).start()
    return server.getsockname()[1], acknowledged

async def with_aiomqtt():
    port, acknowledged = broker()
    async with aiomqtt.Client("127.0.0.1", port, identifier="furnace-1", clean_session=False) as client:
        await client.subscribe("cmd", qos=1)
        async for message in client.messages:
            await asyncio.sleep(2)
            print("aiomqtt, at work on message", message.payload.decode(), "- acknowledged:", acknowledged)
            break

def with_paho():
    port, acknowledged = broker()
    client, done = paho.Client(paho.CallbackAPIVersion.VERSION2, "furnace-1", clean_session=False), threading.Event()
    client.on_connect = lambda *_: client.subscribe("cmd", 1)
    def on_message(_client, _data, message):
        if not done.is_set():
            time.sleep(2)
            print("paho, at work on message", message.payload.decode(), "- acknowledged:", acknowledged)
            done.set()
    client.on_message = on_message
    client.connect("127.0.0.1", port)
    client.loop_start()
    done.wait(30)
    client.loop_stop()

asyncio.run(with_aiomqtt())
with_paho()
print("paho has manual_ack:", "manual_ack" in inspect.signature(paho.Client).parameters, "- aiomqtt:", "manual_ack" in inspect.signature(aiomqtt.Client).parameters)
PY
seen=$("$work/env/bin/python" "$work/try.py")
echo "$seen"
[ "$seen" = "aiomqtt, at work on message 1 - acknowledged: [1, 2, 3]
paho, at work on message 1 - acknowledged: []
paho has manual_ack: True - aiomqtt: False" ]
