#!/usr/bin/env bash
# paho-mqtt 2.2.0: a publish that is answered with "The client is not currently connected" is sent all the same, later.
#
# Expected: a message whose `publish` gives MQTT_ERR_NO_CONN, and whose `wait_for_publish` raises "Message publish failed", is not sent;
# who wants it sent tries again.
# Seen: with QoS 1 it is kept, and sent at the next connection, whenever that is: three tries are three messages. With QoS 0 it is lost, as
# said. A program that tries again until the code is 0 says everything as often as it has tried.
# The broker is 25 lines on a socket that answers CONNECT and PUBLISH.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q --disable-pip-version-check paho-mqtt==2.2.0
cat > "$work/try.py" <<'PY'
import socket, threading
import paho.mqtt
from paho.mqtt.client import CallbackAPIVersion, Client, error_string

print("paho-mqtt", paho.mqtt.__version__)
server = socket.create_server(("127.0.0.1", 0))
heard, isThere = [], threading.Event()

def broker():
    line = server.accept()[0].makefile("rwb", buffering=0)
    while head := line.read(2):
        body = line.read(head[1])  # each packet of this script is shorter than 128 bytes
        if head[0] >> 4 == 1:  # CONNECT
            line.write(bytes([0x20, 2, 0, 0]))
        elif head[0] >> 4 == 3:  # PUBLISH: topic, then the packet's number with QoS 1
            end = 2 + int.from_bytes(body[:2], "big")
            qos = head[0] >> 1 & 3
            text = body[end + 2 * min(qos, 1):].decode()
            heard.append(text)
            if qos:
                line.write(bytes([0x40, 2]) + body[end:end + 2])
            if text == "last":
                isThere.set()

threading.Thread(target=broker, daemon=True).start()
client = Client(CallbackAPIVersion.VERSION2)
for text, qos in (("QoS 0", 0), ("first try", 1), ("second try", 1), ("third try", 1)):
    sent = client.publish("lab/result", text, qos)
    try:
        sent.wait_for_publish(1)
        why = "sent"
    except RuntimeError as error:
        why = str(error)
    print(f"{text}: {error_string(sent.rc)} wait_for_publish: {why}")
client.on_connect = lambda *_: client.publish("lab/result", "last", 1)
client.connect("127.0.0.1", server.getsockname()[1])
client.loop_start()
assert isThere.wait(30)
client.loop_stop()
print("heard at the connection:", ", ".join(sorted(heard)))
PY
seen=$("$work/env/bin/python" "$work/try.py")
echo "$seen"
[ "$(grep -c "try: The client is not currently connected. wait_for_publish: Message publish failed: The client is not currently connected.$" <<< "$seen")" = 3 ]
grep -q "^heard at the connection: first try, last, second try, third try$" <<< "$seen"
