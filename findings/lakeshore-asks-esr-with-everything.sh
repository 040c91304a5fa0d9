#!/usr/bin/env bash
# lakeshore 1.10.0, the maker's own Python package: `;*ESR?` goes with every command and question of a Model 336.
#
# Expected: `set_control_setpoint(1, 77.5)` sends `SETP 1,77.5` and waits for nothing, `query("KRDG? A")` sends `KRDG? A`, as the
# manual prints them.
# Seen: both carry `;*ESR?`, and one line is awaited for all: an emulator, a serial logger or a proxy that answers command by
# command, a line each, shifts every later answer by one or lets the package time out.
# It talks to a 20-line device on a socket that answers a whole line with a whole line.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q --disable-pip-version-check lakeshore==1.10.0
cat > "$work/try.py" <<'PY'
import socket, threading
from lakeshore import Model336

ANSWERS = {"*IDN?": "LSCI,MODEL336,LSA12AB/1234567,2.9", "KRDG? A": "+4.2000", "*ESR?": "0"}
server = socket.create_server(("127.0.0.1", 0))
heard = []

def device():
    line, _ = server.accept()
    for words in line.makefile("r", newline="\n"):
        words = words.strip()
        heard.append(words)
        answers = [ANSWERS[one.strip()] for one in words.split(";") if one.strip() in ANSWERS]
        if answers:
            line.sendall((";".join(answers) + "\r\n").encode())

threading.Thread(target=device, daemon=True).start()
box = Model336(ip_address="127.0.0.1", tcp_port=server.getsockname()[1])
heard.clear()
print("query gives", box.query("KRDG? A"))
box.set_control_setpoint(1, 77.5)
for words in heard:
    print("sent:", words)
PY
seen=$("$work/env/bin/python" "$work/try.py" 2>&1)
echo "$seen"
echo "$seen" | grep -q "^sent: KRDG? A;\*ESR?$"
echo "$seen" | grep -q "^sent: SETP 1,77.5;\*ESR?$"
