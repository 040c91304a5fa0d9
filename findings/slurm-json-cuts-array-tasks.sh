#!/usr/bin/env bash
# Slurm 22.05.8 (Debian 12): the JSON of squeue and of slurmrestd names the waiting tasks of an array up to 64 characters, then "...".
#
# Expected: short columns are a matter of tables for people; `squeue --json` and GET /slurm/v0.0.38/jobs give `array_task_string` whole, or
# at least no number that is none.
# Seen: of 114 waiting tasks (an array with holes, as cancelled tasks leave them) both name 22 and end with "...". The cut goes through
# numbers: of 0,200-205,210-215,... the last that is said is "27", and there is no task 27. A bound on how many may run, "%5", still
# comes behind it, so that the text does not end with the dots. A program that reads the ranges takes all others for gone; no field
# has their number. `squeue --array` lists 114 rows.
# ClusterShell 1.10.1 (PyPI), which reads such ranges everywhere else, takes neither.
# A controller of its own runs in a temporary folder; nothing of this machine's Slurm is used.
set -euo pipefail
work=$(mktemp -d); chmod 755 "$work"; cd "$work"
trap 'for p in ctld rest; do kill "$(cat $p.pid 2>/dev/null)" 2>/dev/null || true; done; sleep 1; cd /; rm -rf "$work"' EXIT
apt-get -qq -o APT::Sandbox::User=root download slurmrestd=22.05.8-4+deb12u3 slurmctld=22.05.8-4+deb12u3 slurm-client=22.05.8-4+deb12u3 slurm-wlm-basic-plugins=22.05.8-4+deb12u3 libhttp-parser2.9=2.9.4-5 libjson-c5=0.16-2
for deb in *.deb; do dpkg -x "$deb" root; done
lib=$work/root/usr/lib/x86_64-linux-gnu; host=$(hostname)
mkdir state
cat > slurm.conf <<CONF
ClusterName=finding
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$(python3 -c 'import socket; s = socket.create_server(("", 0)); print(s.getsockname()[1])')
AuthType=auth/none
CryptoType=crypto/none
CredType=cred/none
PluginDir=$lib/slurm-wlm
SlurmUser=$(id -un)
StateSaveLocation=$work/state
SlurmctldPidFile=$work/ctld.own
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
NodeName=$host NodeAddr=127.0.0.1
PartitionName=all Nodes=ALL Default=YES State=UP
CONF
export SLURM_CONF=$work/slurm.conf SLURMRESTD_SECURITY=disable_user_check LD_LIBRARY_PATH=$lib/slurm-wlm:$lib PATH=$work/root/usr/bin:$work/root/usr/sbin:$PATH
slurmctld -D -f slurm.conf > ctld.log 2>&1 & echo $! > ctld.pid
for _ in $(seq 100); do sinfo > /dev/null 2>&1 && break; sleep 0.2; done
slurmrestd -a rest_auth/local -s openapi/v0.0.38 "unix:$work/socket" > rest.log 2>&1 & echo $! > rest.pid
for _ in $(seq 100); do [ -S socket ] && break; sleep 0.1; done
tasks=$(python3 -c 'print(",".join(str(k) for k in range(200) if k % 3 and k % 7))')
sbatch --quiet --hold --array="$tasks" --wrap true
sbatch --quiet --hold --array="$(python3 -c 'print(",".join(["0"] + [f"{k}-{k + 5}" for k in range(200, 400, 10)]))')%5" --wrap true
squeue --json > squeue.json
cat > ask.py <<'PY'
import http.client, json, socket
line = http.client.HTTPConnection("localhost")
line.sock = socket.socket(socket.AF_UNIX)
line.sock.connect("socket")
line.request("GET", "/slurm/v0.0.38/jobs", headers={"Connection": "keep-alive"})
for name, text in (("squeue", open("squeue.json").read()), ("slurmrestd", line.getresponse().read())):
    for job in sorted(json.loads(text)["jobs"], key=lambda job: job["job_id"]):
        print(f'{name}:', job["job_state"], job["array_task_string"])
PY
cat > read.py <<'PY'
import json
from ClusterShell.RangeSet import RangeSet, RangeSetParseError

for job in sorted(json.load(open("squeue.json"))["jobs"], key=lambda job: job["job_id"]):
    try:
        print("ClusterShell:", len(RangeSet(job["array_task_string"].removesuffix("%5"))), "tasks")
    except RangeSetParseError as error:
        print("ClusterShell:", error)
PY
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check ClusterShell==1.10.1
squeue --version
seen=$(python3 ask.py; env/bin/python read.py; echo "rows of squeue --array: $(squeue --noheader --array --jobs=1 | wc -l)")
echo "$seen"
fine=1-2,4-5,8,10-11,13,16-17,19-20,22-23,25-26,29,31-32,34,37-38...
inside=0,200-205,210-215,220-225,230-235,240-245,250-255,260-265,27...%5
[ "$seen" = "squeue: PENDING $fine
squeue: PENDING $inside
slurmrestd: PENDING $fine
slurmrestd: PENDING $inside
ClusterShell: cannot convert string to integer : \"37-38...\"
ClusterShell: cannot convert string to integer : \"27...\"
rows of squeue --array: 114" ]
