"""A diffractometer on OPC UA with the LADS nodeset, by asyncua 2.1.0: `lads-server.py NODESETS PORT RUN_MS LEDGER`.

NODESETS is the folder of node-opcua-nodesets with the OPC Foundation's XML files. Each start is a line of LEDGER. Lines of JSON on
standard input change the world behind its back as in lads-server.mjs: value, status, scale, late, foreign, lock, panel, deaf, without, refuse, run_ms, file, chamber.
"""

import asyncio
import datetime
import json
import logging
import os
import sys
from pathlib import Path

from asyncua import Server, ua
from asyncua.common.instantiate_util import instantiate

logging.disable(logging.CRITICAL)
NODESETS, PORT, RUN_ms, LEDGER = sys.argv[1:5]
# In the order of what they require of each other.
FILES = ["Di", "IA", "Machinery", "AMB", "LADS"]


async def child(node, *names):
    for name in names:
        for one in await node.get_children():
            if (await one.read_browse_name()).Name == name:
                node = one
                break
        else:
            raise KeyError(f"no {name} below {node}")
    return node


async def write(node, value, kind, status=ua.StatusCodes.Good):
    await node.write_value(ua.DataValue(ua.Variant(value, kind), StatusCode=ua.StatusCode(status)))


class Diffractometer:
    def __init__(self, server):
        self.server = server
        resting = Path(__file__).with_name("lads-world.json").read_text()
        self.world = {**json.loads(resting, parse_int=float), "run_ms": float(RUN_ms)}
        self.state, self.starts, self.asked, self.run = "Stopped", 0, [], None
        self.types = {}

    async def build(self):
        for name in FILES:
            file = os.path.join(NODESETS, f"Opc.Ua.{name}.NodeSet2.xml")
            await self.server.import_xml(file, strict_mode=False)
        self.lads = await self.server.get_namespace_index("http://opcfoundation.org/UA/LADS/")
        self.own = await self.server.register_namespace("urn:tieline:test")
        await self.server.load_data_type_definitions()
        await self.find_types(self.server.nodes.base_object_type)
        devices = await child(self.server.nodes.objects, "DeviceSet")
        device = await self.make(devices, "LADSDeviceType", "Diffractometer")
        unit = await self.make(await child(device, "FunctionalUnitSet"), "FunctionalUnitType", "XRD")
        self.unit = unit
        # Typed components come without what their types have, and a state's variable without its Id.
        self.outer = await self.again(unit, "FunctionalUnitState", "FunctionalUnitStateMachineType")
        self.inner = await self.again(self.outer, "RunningStateMachine", "RunningStateMachineType")
        manager = await child(unit, "ProgramManager")
        self.active = await self.again(manager, "ActiveProgram", "ActiveProgramType")
        self.results = await child(manager, "ResultSet")
        templates = await child(manager, "ProgramTemplateSet")
        template = await self.make(templates, "ProgramTemplateType", "powder-scan")
        await write(await child(template, "DeviceTemplateId"), "powder-scan", ua.VariantType.String)
        for name, act in {"StartProgram": self.start, "Clear": self.clear}.items():
            await self.link(self.outer, name, act)
        self.lock, self.locked = await child(unit, "Lock"), ""
        for name, act in {"InitLock": self.init_lock, "RenewLock": self.renew_lock, "ExitLock": self.exit_lock}.items():
            await self.link(self.lock, name, act)
        await self.link(self.outer, "Stop", self.stop)
        await self.link(self.outer, "Abort", self.abort)
        await self.link(self.inner, "Hold", self.hold)
        await self.link(self.inner, "Unhold", self.unhold)
        self.chamber = await self.make(await child(unit, "FunctionSet"), "AnalogScalarSensorFunctionType", "Chamber")
        await self.show_chamber()
        await self.show("Stopped", "Idle")

    async def lock_by(self, user):
        self.locked = user
        await write(await child(self.lock, "Locked"), user != "", ua.VariantType.Boolean)
        await write(await child(self.lock, "LockingUser"), user, ua.VariantType.String)

    async def init_lock(self, parent, context):
        if self.locked != "":
            return [ua.Variant(-1, ua.VariantType.Int32)]
        await self.lock_by(context.Value)
        return [ua.Variant(0, ua.VariantType.Int32)]

    async def renew_lock(self, parent):
        return [ua.Variant(-1 if self.locked == "" else 0, ua.VariantType.Int32)]

    async def exit_lock(self, parent):
        await self.lock_by("")
        return [ua.Variant(0, ua.VariantType.Int32)]

    async def show_chamber(self):
        value = self.world["chamber"]
        status = ua.StatusCodes.BadSensorFailure if value is None else ua.StatusCodes.Good
        await write(await child(self.chamber, "SensorValue"), float(value or 0), ua.VariantType.Double, status)

    async def find_types(self, node):
        for one in await node.get_children(refs=ua.ObjectIds.HasSubtype):
            self.types[(await one.read_browse_name()).Name] = one
            await self.find_types(one)

    async def make(self, parent, type_name, name, index=None):
        bname = ua.QualifiedName(name, self.own if index is None else index)
        made = await instantiate(parent, self.types[type_name], bname=bname, idx=self.own)
        return made[0]

    async def again(self, parent, name, type_name):
        try:
            await self.server.delete_nodes([await child(parent, name)], recursive=True)
        except KeyError:
            pass
        return await self.make(parent, type_name, name, self.lads)

    async def link(self, machine, name, act):
        self.server.link_method(await child(machine, name), act)

    async def show(self, state, within=None):
        self.state = state
        for machine, name in ((self.outer, state), (self.inner, within)):
            if name is None:
                continue
            current = await child(machine, "CurrentState")
            await write(current, ua.LocalizedText(name), ua.VariantType.LocalizedText)
        return []

    async def start(self, parent, program, properties, job_id, task_id, samples):
        if self.world["refuse"] != "":
            return ua.StatusCode(getattr(ua.StatusCodes, self.world["refuse"]))
        if self.state != "Stopped":
            return ua.StatusCode(ua.StatusCodes.BadInvalidState)
        self.asked.append({"properties": str(properties.Value), "samples": str(samples.Value)})
        run_id = f"run-{os.getpid()}-{self.starts + 1}"
        await self.begin(run_id, job_id.Value, task_id.Value)
        await asyncio.sleep(self.world["late"] / 1000)
        return [ua.Variant(run_id, ua.VariantType.String)]

    async def begin(self, run_id, job_id, task_id):
        self.starts += 1
        with open(LEDGER, "a") as ledger:
            ledger.write(json.dumps({"runId": run_id, "jobId": job_id, "taskId": task_id}) + "\n")
        await write(await child(self.active, "DeviceProgramRunId"), run_id, ua.VariantType.String)
        result = None
        if not self.world["without"]:
            result = await self.make(self.results, "ResultType", f"result-{run_id}")
            fields = {"DeviceProgramRunId": run_id, "SupervisoryJobId": job_id, "SupervisoryTaskId": task_id}
            for name, value in fields.items():
                await write(await child(result, name), value, ua.VariantType.String)
        await self.show("Running", "Execute")
        self.run = {"result": result, "timer": None}
        self.run["timer"] = asyncio.get_running_loop().call_later(
            self.world["run_ms"] / 1000, lambda: asyncio.ensure_future(self.end())
        )

    async def end(self, cut=None):
        run, self.run = self.run, None
        if run is None:
            return
        run["timer"].cancel()
        if run["result"] is not None:
            if cut is None:
                await self.leave_values(await child(run["result"], "VariableSet"))
            if cut is None and self.world["file"] != "":
                await self.leave_files(await child(run["result"], "FileSet"))
            now = datetime.datetime.now(datetime.timezone.utc)
            await write(await child(run["result"], "Stopped"), now, ua.VariantType.DateTime)
        await self.show("Aborted" if cut == "abort" else "Stopped", "Idle")

    async def leave_values(self, variables):
        value = self.world["value"]
        status = getattr(ua.StatusCodes, self.world["status"])
        peak = await variables.add_variable(self.own, "PeakCounts", 0.0)
        await write(peak, value, ua.VariantType.Double, status)
        scale = await peak.add_property(0, "EURange", ua.Range(Low=0, High=65535))
        known = ua.Variant(ua.Range(Low=0, High=65535), ua.VariantType.ExtensionObject)
        told = ua.StatusCode(getattr(ua.StatusCodes, self.world["scale"]))
        await scale.write_value(ua.DataValue(known, StatusCode=told))
        await variables.add_variable(self.own, "TwoTheta", [20.0, 30.0, 40.0])
        await variables.add_variable(self.own, "Intensity", [5.0, value, 4.0])

    async def leave_files(self, files):
        picture = await self.make(files, "ResultFileType", "picture")
        await self.server.delete_nodes([await child(picture, "File")], recursive=True)
        scan = await self.make(files, "ResultFileType", "scan")
        await write(await child(scan, "Name"), "scan.xy", ua.VariantType.String)
        file = await self.again(scan, "File", "FileType")
        left = bytearray(self.world["file"].encode())

        async def read(parent, handle, length):
            piece = bytes(left[:3])
            del left[:3]
            return [ua.Variant(piece, ua.VariantType.ByteString)]

        async def opened(parent, mode):
            return [ua.Variant(7, ua.VariantType.UInt32)]

        async def closed(parent, handle):
            return []

        for name, act in {"Open": opened, "Read": read, "Close": closed}.items():
            await self.link(file, name, act)

    async def cut(self, how):
        if self.run is None:
            return ua.StatusCode(ua.StatusCodes.BadInvalidState)
        if not (self.world["deaf"] and how == "stop"):
            await self.end(how)
        return []

    async def stop(self, parent):
        return await self.cut("stop")

    async def abort(self, parent):
        return await self.cut("abort")

    async def hold(self, parent):
        return await self.show("Running", "Held")

    async def unhold(self, parent):
        return await self.show("Running", "Execute")

    async def clear(self, parent=None):
        if self.state != "Aborted":
            return ua.StatusCode(ua.StatusCodes.BadInvalidState)
        return await self.show("Stopped")

    async def told(self, words):
        self.world.update({key: words[key] for key in words if key in self.world})
        await self.show_chamber()
        if words.get("foreign"):
            await self.begin("run-of-eve", "eve", "")
        if "lock" in words:
            await self.lock_by(words["lock"])
        if words.get("panel") == "clear":
            await self.clear()
        elif "panel" in words:
            await self.end(words["panel"])
        return {"state": self.state, "starts": self.starts, "asked": self.asked, "lock": self.locked}


async def main():
    server = Server()
    await server.init()
    server.set_endpoint(f"opc.tcp://127.0.0.1:{PORT}")
    device = Diffractometer(server)
    await device.build()
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    async with server:
        print(json.dumps({"listening": int(PORT)}), flush=True)
        while line := await reader.readline():
            print(json.dumps(await device.told(json.loads(line))), flush=True)
    os._exit(0)


asyncio.run(main())
