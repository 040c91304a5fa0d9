#!/usr/bin/env bash
# slurmrestd 22.05.8 (Debian 12): asked to close the connection, it writes the header "Connection: Close" behind the body.
#
# Expected: RFC 9112, 2.1: headers come before the body; a request with "Connection: close" is answered by one message, then the end.
# Seen: the answer's headers have no Connection; Content-Length octets of JSON follow, and then "Connection: Close", which no message is.
# A client that reads strictly (Node's http, which sends this header by itself) fails with "Parse Error: Expected HTTP/" after a whole answer
# of status 200: a job that was accepted looks as if it were not. With "Connection: keep-alive" nothing stands behind the body.
# Read with h11 0.16.0 (PyPI), which gives what stands behind a message.
set -euo pipefail
work=$(mktemp -d); chmod 755 "$work"; cd "$work"
trap 'kill "$(cat pid 2>/dev/null)" 2>/dev/null || true; cd /; rm -rf "$work"' EXIT
apt-get -qq -o APT::Sandbox::User=root download slurmrestd=22.05.8-4+deb12u3 slurm-wlm-basic-plugins=22.05.8-4+deb12u3 libhttp-parser2.9=2.9.4-5 libjson-c5=0.16-2
for deb in *.deb; do dpkg -x "$deb" root; done
lib=$work/root/usr/lib/x86_64-linux-gnu
cat > slurm.conf <<CONF
ClusterName=finding
SlurmctldHost=localhost(127.0.0.1)
AuthType=auth/none
PluginDir=$lib/slurm-wlm
NodeName=localhost
PartitionName=all Nodes=ALL
CONF
export SLURM_CONF=$work/slurm.conf SLURMRESTD_SECURITY=disable_user_check LD_LIBRARY_PATH=$lib/slurm-wlm:$lib
root/usr/sbin/slurmrestd -a rest_auth/local -s openapi/v0.0.38 "unix:$work/socket" > log 2>&1 & echo $! > pid
for _ in $(seq 100); do [ -S socket ] && break; sleep 0.1; done
cat > ask.py <<'PY'
import socket
import h11

for connection in ("close", "keep-alive"):
    s = socket.socket(socket.AF_UNIX)
    s.connect("socket")
    s.settimeout(10)
    reader = h11.Connection(our_role=h11.CLIENT)
    headers = [("Host", "localhost"), ("Connection", connection)]
    s.sendall(reader.send(h11.Request(method="GET", target="/openapi/v3", headers=headers)) + reader.send(h11.EndOfMessage()))
    status = body = end = None
    while end is None:
        event = reader.next_event()
        if event is h11.NEED_DATA:
            reader.receive_data(s.recv(65536))
        elif isinstance(event, h11.Response):
            status, length = event.status_code, int(dict(event.headers)[b"content-length"])
            body = 0
        elif isinstance(event, h11.Data):
            body += len(event.data)
        elif isinstance(event, h11.EndOfMessage):
            end = "whole" if body == length else "short"
    s.settimeout(2)
    behind = reader.trailing_data[0]
    try:
        while part := s.recv(65536):
            behind += part
    except TimeoutError:
        pass
    print(f"{connection}: {status}, body {end} | behind it: {behind}")
PY
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check h11==0.16.0
seen=$(env/bin/python ask.py)
"$work/root/usr/sbin/slurmrestd" -V
echo "$seen"
[ "$seen" = "close: 200, body whole | behind it: b'Connection: Close\r\n'
keep-alive: 200, body whole | behind it: b''" ]
