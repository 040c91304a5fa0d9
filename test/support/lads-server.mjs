/**
 * A diffractometer on OPC UA with the LADS nodeset, by `node-opcua`: `lads-server.mjs FOLDER PORT RUN_MS LEDGER [--careless]`. FOLDER holds
 * node_modules. Each start is a line of LEDGER, which outlives the process. Lines of JSON on standard input change the world behind its
 * back, and are answered with what it is:
 * {"value": 7}, {"status": "BadSensorFailure"}, {"scale": "BadNotReadable"}, {"late": 900}, {"foreign": true}, {"lock": "ada"}, {"panel": "stop" | "abort" | "clear"},
 * {"deaf": true}: it does not obey Stop, {"without": true}: runs leave no result, {"refuse": "BadUserAccessDenied"},
 * {"chamber": 301.5}: what its sensor shows, {"run_ms": 9000}, {"file": "20 5"}: runs leave scan.xy with it, given in pieces of three bytes, and a picture that lies elsewhere.
 */
import { appendFileSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const [folder, port, runFor, ledger, careless] = process.argv.slice(2);
const file = createRequire(join(folder, "index.js")).resolve("node-opcua");
const ua = await import(pathToFileURL(file).href);
const { nodesets, DataType, StatusCodes, Variant, VariantArrayType } = ua;
const server = new ua.OPCUAServer({
  ...{ port: Number(port), hostname: "127.0.0.1", alternateHostname: [] },
  nodeset_filename: ["standard", "di", "machinery", "ia", "amb", "lads"].map(
    (one) => nodesets[one],
  ),
  serverCertificateManager: new ua.OPCUACertificateManager({ rootFolder: join(folder, "pki") }),
});
await server.initialize();
const space = server.engine.addressSpace;
const own = space.getOwnNamespace();
const LADS = space.getNamespaceIndex("http://opcfoundation.org/UA/LADS/");
const DI = space.getNamespaceIndex("http://opcfoundation.org/UA/DI/");
const inside = (node, ...names) =>
  names.reduce((at, name) => at.getChildByName(name) ?? at.getChildByName(name, LADS), node);
const typed = (name) => space.findObjectType(name, LADS);

const devices = space.rootFolder.objects.getFolderElementByName("DeviceSet", DI);
const device = typed("LADSDeviceType").instantiate({
  ...{ browseName: "Diffractometer", componentOf: devices, namespace: own },
});
const manager = "ProgramManager.ActiveProgram";
const machine = "FunctionalUnitState";
const unit = typed("FunctionalUnitType").instantiate({
  ...{ browseName: "XRD", componentOf: inside(device, "FunctionalUnitSet"), namespace: own },
  optionals: [
    "FunctionSet",
    ...["DeviceProgramRunId", "CurrentStepName", "CurrentRuntime", "EstimatedRuntime"].map(
      (name) => `${manager}.${name}`,
    ),
    ...["StartProgram", "Stop", "Abort", "Clear", "RunningStateMachine"].map(
      (name) => `${machine}.${name}`,
    ),
    ...["Hold", "Unhold"].map((name) => `${machine}.RunningStateMachine.${name}`),
  ],
});
const set = (node, dataType, value, statusCode = StatusCodes.Good) =>
  node.setValueFromSource(new Variant({ dataType, value }), statusCode);
const text = (node, value) => set(node, DataType.String, value);
const templates = inside(unit, "ProgramManager", "ProgramTemplateSet");
const template = typed("ProgramTemplateType").instantiate({
  ...{ browseName: "powder-scan", componentOf: templates, namespace: own },
});
text(inside(template, "DeviceTemplateId"), "powder-scan");

const chamber = typed("AnalogScalarSensorFunctionType").instantiate({
  ...{ browseName: "Chamber", componentOf: inside(unit, "FunctionSet"), namespace: own },
});
const outer = inside(unit, machine);
const inner = inside(outer, "RunningStateMachine");
const active = inside(unit, "ProgramManager", "ActiveProgram");
const resting = readFileSync(join(import.meta.dirname, "lads-world.json"), "utf8");
const world = { ...JSON.parse(resting), run_ms: Number(runFor) };
const life = { state: "Stopped", starts: 0, asked: [], lock: "" };
let run;

function show(state, within) {
  life.state = state;
  const name = (at, type, value) => {
    at.currentState.setValueFromSource({
      dataType: DataType.LocalizedText,
      value: { text: value },
    });
    const node = typed(type).getComponentByName(value, LADS);
    set(at.currentState.id, DataType.NodeId, node.nodeId);
  };
  name(outer, "FunctionalStateMachineType", state);
  if (within !== undefined) name(inner, "RunningStateMachineType", within);
}

function begin({ runId, program, jobId, taskId }) {
  life.starts += 1;
  appendFileSync(ledger, `${JSON.stringify({ runId, jobId, taskId, program })}\n`);
  text(inside(active, "DeviceProgramRunId"), runId);
  set(inside(active, "EstimatedRuntime"), DataType.Double, world.run_ms);
  const result = world.without ? undefined : makeResult({ runId, jobId, taskId });
  run = { runId, result, left_ms: world.run_ms, since_ms: Date.now() };
  run.timer = setTimeout(end, run.left_ms, run);
  show("Running", "Execute");
}

function makeResult({ runId, jobId, taskId }) {
  const result = typed("ResultType").instantiate({
    ...{ browseName: `result-${runId}`, componentOf: inside(unit, "ProgramManager", "ResultSet") },
    ...{ namespace: own, optionals: ["DeviceProgramRunId", "TotalRuntime", "EstimatedRuntime"] },
  });
  text(inside(result, "DeviceProgramRunId"), runId);
  text(inside(result, "SupervisoryJobId"), jobId);
  text(inside(result, "SupervisoryTaskId"), taskId);
  set(inside(result, "EstimatedRuntime"), DataType.Double, world.run_ms);
  return result;
}

/** The run is over: by itself, or cut. */
function end(ended, cut) {
  clearTimeout(ended.timer);
  if (run !== ended) return;
  run = undefined;
  if (ended.result !== undefined) {
    if (cut === undefined) leaveValues(ended.result);
    if (cut === undefined && world.file !== "") leaveFiles(ended.result);
    const total = Date.now() - ended.since_ms;
    set(inside(ended.result, "TotalRuntime"), DataType.Double, total);
    set(inside(ended.result, "Stopped"), DataType.DateTime, new Date());
  }
  show(cut === "abort" ? "Aborted" : "Stopped", "Idle");
}

function leaveValues(result) {
  const componentOf = inside(result, "VariableSet");
  const variable = (browseName, dataType, value, statusCode) => {
    const valueRank = Array.isArray(value) ? 1 : -1;
    const node = own.addVariable({ browseName, componentOf, dataType, valueRank });
    const arrayType = valueRank === 1 ? VariantArrayType.Array : VariantArrayType.Scalar;
    node.setValueFromSource(new Variant({ dataType, arrayType, value }), statusCode);
    return node;
  };
  const status = StatusCodes[world.status];
  const peak = variable("PeakCounts", DataType.Double, world.value, status);
  const scale = own.addVariable({
    ...{ browseName: { name: "EURange", namespaceIndex: 0 }, propertyOf: peak, dataType: "Range" },
  });
  const known = new ua.Range({ low: 0, high: 65535 });
  set(scale, DataType.ExtensionObject, known, StatusCodes[world.scale]);
  variable("TwoTheta", DataType.Double, [20, 30, 40]);
  variable("Intensity", DataType.Double, [5, world.value, 4]);
}

function leaveFiles(result) {
  const componentOf = inside(result, "FileSet");
  const leave = (browseName, optionals) =>
    typed("ResultFileType").instantiate({ browseName, componentOf, namespace: own, optionals });
  leave("picture", []);
  const scan = leave("scan", ["File"]);
  text(inside(scan, "Name"), "scan.xy");
  const file = inside(scan, "File");
  const bytes = Buffer.from(world.file);
  let at = 0;
  const answer = (dataType, value) => [StatusCodes.Good, [new Variant({ dataType, value })]];
  method(file, "Open", () => answer(DataType.UInt32, 7));
  method(file, "Read", () => {
    at += 3;
    return answer(DataType.ByteString, bytes.subarray(at - 3, at));
  });
  method(file, "Close", () => [StatusCodes.Good]);
}

/** Whose lock it is: nobody's, or the one client's that asked for it. */
function lockBy(user) {
  const lock = inside(unit, "Lock");
  set(lock.getChildByName("Locked", DI), DataType.Boolean, user !== "");
  text(lock.getChildByName("LockingUser", DI), user);
  life.lock = user;
}

const locking = (name, act) =>
  inside(unit, "Lock")
    .getChildByName(name, DI)
    .bindMethod((inputs, _context, callback) => {
      const value = act(inputs.map((one) => one.value));
      const outputArguments = [new Variant({ dataType: DataType.Int32, value })];
      callback(null, { statusCode: StatusCodes.Good, outputArguments });
    });
locking("InitLock", ([context]) => {
  if (life.lock !== "") return -1;
  lockBy(context);
  return 0;
});
locking("RenewLock", () => (life.lock === "" ? -1 : 0));
locking("ExitLock", () => {
  lockBy("");
  return 0;
});

const method = (at, name, act) =>
  inside(at, name).bindMethod((inputs, _context, callback) => {
    const [statusCode, outputArguments = []] = act(inputs.map(({ value }) => value));
    setTimeout(
      () => callback(null, { statusCode, outputArguments }),
      name === "StartProgram" ? world.late : 0,
    );
  });
method(outer, "StartProgram", ([program, properties, jobId, taskId, samples]) => {
  if (world.refuse !== "") return [StatusCodes[world.refuse]];
  if (program !== "powder-scan") return [StatusCodes.BadInvalidArgument];
  if (life.state !== "Stopped" && careless === undefined) return [StatusCodes.BadInvalidState];
  life.asked.push({ properties, samples });
  const runId = `run-${process.pid}-${life.starts + 1}`;
  if (run !== undefined) end(run, "cut");
  begin({ runId, program, jobId, taskId });
  return [StatusCodes.Good, [new Variant({ dataType: DataType.String, value: runId })]];
});
const cut = (how) => () => {
  if (run === undefined) return [StatusCodes.BadInvalidState];
  if (!(world.deaf && how === "stop")) end(run, how);
  return [StatusCodes.Good];
};
const clear = () => {
  if (life.state !== "Aborted") return [StatusCodes.BadInvalidState];
  show("Stopped");
  return [StatusCodes.Good];
};
method(outer, "Stop", cut("stop"));
method(outer, "Abort", cut("abort"));
method(outer, "Clear", clear);
method(inner, "Hold", () => {
  if (run === undefined) return [StatusCodes.BadInvalidState];
  clearTimeout(run.timer);
  run.left_ms -= Date.now() - run.since_ms;
  show("Running", "Held");
  return [StatusCodes.Good];
});
method(inner, "Unhold", () => {
  if (run === undefined) return [StatusCodes.BadInvalidState];
  run.timer = setTimeout(end, Math.max(0, run.left_ms), run);
  show("Running", "Execute");
  return [StatusCodes.Good];
});

function showChamber() {
  const status = StatusCodes[world.chamber === null ? "BadSensorFailure" : "Good"];
  set(inside(chamber, "SensorValue"), DataType.Double, world.chamber ?? 0, status);
}

show("Stopped", "Idle");
showChamber();
await server.start();
console.log(JSON.stringify({ listening: Number(port) }));
for await (const line of createInterface({ input: process.stdin })) {
  const { foreign, lock, panel, ...changes } = JSON.parse(line);
  Object.assign(world, changes);
  showChamber();
  if (foreign === true)
    begin({ runId: "run-of-eve", program: "powder-scan", jobId: "eve", taskId: "" });
  if (lock !== undefined) lockBy(lock);
  if (panel === "clear") clear();
  else if (panel !== undefined && run !== undefined) end(run, panel);
  console.log(JSON.stringify(life));
}
process.exit(0);
