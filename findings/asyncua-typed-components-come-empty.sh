#!/usr/bin/env bash
# asyncua 2.1.0: `instantiate` makes an object of a type, but components that have a type of their own come without what that type has.
#
# Expected: an instance of a type has every mandatory component of it, and each of these every mandatory component of its own type
# (OPC 10000-3, 6.4: instance declarations need not be repeated along the way; OPC Foundation's nodesets do not repeat them).
# Seen: a FunctionalUnit of the OPC Foundation's LADS nodeset has its mandatory state machine `FunctionalUnitState`, which is empty: no
# CurrentState, although that is mandatory in its type, and no StartProgram, although optionals were asked for. No error, no warning.
# Instantiated alone the same type has them, but its CurrentState is without the mandatory `Id` of a FiniteStateVariable. A client
# that follows such a server's states finds nothing to follow. The nodesets are those that node-opcua-nodesets 2.185.0 ships.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
cd "$work"
echo '{"private":true}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts node-opcua-nodesets@2.185.0 >/dev/null 2>&1
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check asyncua==2.1.0
cat > try.py <<'PY'
import asyncio, logging
from asyncua import Server, ua
from asyncua.common.instantiate_util import instantiate

logging.disable(logging.CRITICAL)

async def find(node, name):
    for one in await node.get_children(refs=ua.ObjectIds.HasSubtype):
        if (await one.read_browse_name()).Name == name:
            return one
        found = await find(one, name)
        if found is not None:
            return found

async def inside(node):
    return sorted({(await one.read_browse_name()).Name for one in await node.get_children()})

async def main():
    server = Server()
    await server.init()
    for name in ["Di", "IA", "Machinery", "AMB", "LADS"]:
        await server.import_xml(f"node_modules/node-opcua-nodesets/nodesets/Opc.Ua.{name}.NodeSet2.xml", strict_mode=False)
    own = await server.register_namespace("urn:try")
    types = server.nodes.base_object_type
    async def make(type_name, name):
        made = await instantiate(server.nodes.objects, await find(types, type_name), bname=ua.QualifiedName(name, own), idx=own)
        return made[0]
    unit = await make("FunctionalUnitType", "unit")
    for one in await unit.get_children():
        if (await one.read_browse_name()).Name == "FunctionalUnitState":
            print("in a unit:", await inside(one))
    alone = await make("FunctionalUnitStateMachineType", "alone")
    print("alone:", [name for name in await inside(alone) if name in ("CurrentState", "StartProgram", "Stop")])
    for one in await alone.get_children():
        if (await one.read_browse_name()).Name == "CurrentState":
            print("CurrentState:", await inside(one))

asyncio.run(main())
PY
seen=$(env/bin/python try.py)
echo "$seen"
[ "$seen" = "in a unit: []
alone: ['CurrentState', 'StartProgram', 'Stop']
CurrentState: ['EffectiveDisplayName']" ]
