#!/usr/bin/env bash
# minimalmodbus 2.1.1 (with pyserial 3.5): a set point with decimals is cut towards zero, not rounded.
#
# Expected: `write_register(register, 4.35, 2)` stores 435, as its documentation of `number_of_decimals` suggests.
# Seen: 434. 4.35 * 100 is 434.99999999999994 in binary, and the product is cut: the furnace gets 4.34, nobody is told, and
# reading it back gives 4.34, so that a comparison with what was meant fails for ever. 0.29 -> 28, 1.15 -> 114; 12.75 with
# one decimal -> 127.
# It talks to a 20-line RTU slave on a pseudo-terminal.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q --disable-pip-version-check minimalmodbus==2.1.1 pyserial==3.5
cat > "$work/try.py" <<'PY'
import os, pty, struct, threading, tty
import minimalmodbus

device, line = pty.openpty()
tty.setraw(device); tty.setraw(line)
stored = []

def slave():
    heard = b""
    while True:
        heard += os.read(device, 256)
        while len(heard) >= 8:          # function 6: 8 bytes, answered with the same 8
            stored.append(struct.unpack(">H", heard[4:6])[0])
            os.write(device, heard[:8])
            heard = heard[8:]

threading.Thread(target=slave, daemon=True).start()
furnace = minimalmodbus.Instrument(os.ttyname(line), 1)
furnace.serial.timeout = 2
for value, decimals in [(4.35, 2), (0.29, 2), (1.15, 2), (12.75, 1)]:
    furnace.write_register(2, value, decimals, functioncode=6)
    print(f"{value} with {decimals} decimals -> {stored[-1]}")
PY
seen=$("$work/env/bin/python" "$work/try.py")
echo "$seen"
[ "$seen" = "4.35 with 2 decimals -> 434
0.29 with 2 decimals -> 28
1.15 with 2 decimals -> 114
12.75 with 1 decimals -> 127" ]
