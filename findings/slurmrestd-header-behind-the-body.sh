#!/usr/bin/env bash
# slurmrestd 22.05.8 (Debian 12): asked to close the connection, it writes the header "Connection: Close" behind the body.
#
# Expected: RFC 9112, 2.1: headers come before the body; a request with "Connection: close" is answered by one message, then the end.
# Seen: the answer's headers have no Connection; Content-Length octets of JSON follow, and then "Connection: Close", which no message is.
# A client that reads strictly (Node's http, which sends this header by itself) fails with "Parse Error: Expected HTTP/" after a whole answer
# of status 200: a job that was accepted looks as if it were not. With "Connection: keep-alive" nothing stands behind the body.
set -euo pipefail
work=$(mktemp -d); chmod 755 "$work"; cd "$work"
trap 'kill "$(cat pid 2>/dev/null)" 2>/dev/null || true; cd /; rm -rf "$work"' EXIT
v=22.05.8-4+deb12u3
apt-get -qq -o APT::Sandbox::User=root download slurmrestd=$v slurm-wlm-basic-plugins=$v libhttp-parser2.9=2.9.4-5 libjson-c5=0.16-2
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
import re, socket
for connection in ("close", "keep-alive"):
    s = socket.socket(socket.AF_UNIX)
    s.connect("socket")
    s.settimeout(10)
    s.sendall(f"GET /openapi/v3 HTTP/1.1\r\nHost: localhost\r\nConnection: {connection}\r\n\r\n".encode())
    said = b""
    length = None
    while True:
        if length is not None and len(said) >= length and connection != "close":
            break
        part = s.recv(65536)
        if not part:
            break
        said += part
        head = said.split(b"\r\n\r\n")[0]
        length = len(head) + 4 + int(re.search(rb"Content-Length: (\d+)", head)[1])
    print(connection + ":", head.split(b"\r\n")[0].decode(), "| behind the body:", said[length:])
PY
seen=$(python3 ask.py)
"$work/root/usr/sbin/slurmrestd" -V
echo "$seen"
[ "$seen" = "close: HTTP/1.1 200 OK | behind the body: b'Connection: Close\r\n'
keep-alive: HTTP/1.1 200 OK | behind the body: b''" ]
