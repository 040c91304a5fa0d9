"""Two ways to speak MQTT: paho-mqtt (PyPI) or Mosquitto's command-line clients. The instrument does not care which."""

import ctypes
import json
import shutil
import signal
import socket
import subprocess
import sys
import threading
from urllib.parse import urlparse


def make_transport(kind, url, client_id, make_will, on_connect, on_message):
    """`make_will()` gives (topic, payload); it is called for every connection, because a will's id must be new."""
    if kind == "auto":
        try:
            import paho.mqtt.client  # noqa: F401

            kind = "paho"
        except ImportError:
            kind = "mosquitto"
    cls = {"paho": PahoTransport, "mosquitto": MosquittoTransport}[kind]
    return cls(urlparse(url), client_id, make_will, on_connect, on_message)


def die_with_parent():
    """Linux: the listener ends when the instrument is killed, so that its will is sent and its client id is free."""
    PR_SET_PDEATHSIG = 1
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def send_at_once(opened):
    """Nagle's algorithm off, which paho leaves on: a result right after a PUBACK would wait 40 ms."""
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


class PahoTransport:
    """MQTT 5 or 3.1.1 through paho-mqtt 2; reconnects by itself."""

    def __init__(self, url, client_id, make_will, on_connect, on_message):
        import paho.mqtt.client as mqtt

        self.url = url
        self.make_will = make_will
        self.client = mqtt.Client(
            mqtt.CallbackAPIVersion.VERSION2,
            client_id=client_id,
            protocol=mqtt.MQTTv311,
            clean_session=False,
        )
        if url.username:
            self.client.username_pw_set(url.username, url.password)
        self.client.reconnect_delay_set(1, 30)
        self.client.on_socket_open = lambda _client, _data, opened: send_at_once(opened)
        self.client.on_connect = lambda *_: on_connect()
        self.client.on_disconnect = lambda *_: self.renew_will()
        self.client.on_message = lambda _client, _data, m: on_message(
            m.topic, m.payload, m.retain
        )

    def renew_will(self):
        topic, payload = self.make_will()
        self.client.will_set(topic, payload, qos=1, retain=True)

    def start(self, filters):
        self.filters = filters
        self.renew_will()
        self.client.connect(self.url.hostname, self.url.port or 1883, keepalive=15)
        self.client.loop_start()

    def subscribe(self):
        self.client.subscribe([(topic, 1) for topic in self.filters])

    def publish(self, topic, message, qos=1, retain=False):
        self.client.publish(topic, json.dumps(message, allow_nan=False), qos, retain)

    def stop(self):
        self.client.disconnect()
        self.client.loop_stop()


class MosquittoTransport:
    """mosquitto_sub for what comes in (it also carries the will), one mosquitto_pub for each message that goes out."""

    def __init__(self, url, client_id, make_will, on_connect, on_message):
        if not shutil.which("mosquitto_sub"):
            raise SystemExit("install paho-mqtt (pip) or mosquitto-clients (apt)")
        self.where = ["-h", url.hostname, "-p", str(url.port or 1883)]
        if url.username:
            self.where += ["-u", url.username, "-P", url.password or ""]
        self.client_id = client_id
        self.make_will = make_will
        self.on_connect = on_connect
        self.on_message = on_message

    def start(self, filters):
        topic, payload = self.make_will()
        command = ["mosquitto_sub", *self.where, "-i", self.client_id, "-c", "-q", "1", "-k", "15"]
        command += ["--will-topic", topic, "--will-payload", payload, "--will-qos", "1"]
        command += ["--will-retain", "-F", "%r\t%t\t%p"]
        for topic_filter in filters:
            command += ["-t", topic_filter]
        self.listener = subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, preexec_fn=die_with_parent
        )
        threading.Thread(target=self.listen, daemon=True).start()
        self.on_connect()

    def subscribe(self):
        """mosquitto_sub has subscribed by itself."""

    def listen(self):
        for line in self.listener.stdout:
            retained, topic, payload = line.rstrip("\n").split("\t", 2)
            self.on_message(topic, payload.encode(), retained == "1")

    def publish(self, topic, message, qos=1, retain=False):
        command = ["mosquitto_pub", *self.where, "-q", str(qos), "-t", topic, "-s"]
        payload = json.dumps(message, allow_nan=False)
        subprocess.run(command + (["-r"] if retain else []), input=payload, text=True, check=False)

    def stop(self):
        self.listener.terminate()
