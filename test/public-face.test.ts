import { expect, test } from "vitest";
import * as gateway from "../adapters/gateway/index.ts";
import * as interpreters from "../adapters/interpreters/index.ts";
import * as machines from "../machines/index.ts";
import * as simulators from "../simulators/index.ts";
import * as tieline from "../src/index.ts";
import * as models from "../src/models/index.ts";

// What others build on. A name that goes or changes here is a breaking change: say so in CHANGELOG.md.
test("tieline exports what it has promised", () => {
  expect(Object.keys(tieline).sort()).toMatchInlineSnapshot(`
    [
      "composeLoop",
      "createInThreadPlanner",
      "createMemoryEventLog",
    ]
  `);
});

test("tieline/machines exports what it has promised", () => {
  expect(Object.keys(machines).sort()).toMatchInlineSnapshot(`
    [
      "JOB_TIMES",
      "advance",
      "campaignMachine",
      "createMachineState",
      "experimentMachine",
      "instrumentMachine",
      "jobMachine",
      "reservationMachine",
      "restoreMachine",
      "saveMachine",
    ]
  `);
});

test("tieline/gateway exports what it has promised", () => {
  expect(Object.keys(gateway).sort()).toMatchInlineSnapshot(`
    [
      "LabError",
      "createTaskDevice",
      "openGateway",
    ]
  `);
});

test("tieline/models exports what it has promised", () => {
  expect(Object.keys(models).sort()).toMatchInlineSnapshot(`
    [
      "LabError",
      "automaticRadii",
      "classifyDescriptors",
      "createPhaseMap",
      "createPrng",
      "describeAtoms",
      "descriptorLength",
      "estimateModel",
      "etaGrid",
      "firstNeighbourDistance",
      "fitProcess",
      "hypervolume",
      "paretoIndices",
      "prepareCentre",
      "readEstimationSpec",
      "readForwardSpec",
      "solveForward",
      "summariseEstimate",
      "trainCentre",
    ]
  `);
});

test("tieline/interpreters exports what it has promised", () => {
  expect(Object.keys(interpreters).sort()).toMatchInlineSnapshot(`
    [
      "INTERPRETERS",
      "createFactInterpreter",
    ]
  `);
});

test("tieline/simulators exports what it has promised", () => {
  expect(Object.keys(simulators).sort()).toMatchInlineSnapshot(`
    [
      "DEFAULT_INSTRUMENTS",
      "DEFAULT_SITE",
      "DEFAULT_TRUTH",
      "FAULT_NAMES",
      "NO_FAULTS",
      "STRONGEST",
      "SimulatedBroker",
      "checkLedger",
      "createScaledClock",
      "createSimulatedBus",
      "createSystemClock",
      "createVirtualClock",
      "createVirtualLaboratory",
      "letPeopleIn",
      "letStrangersIn",
      "loadPhaseTruth",
      "planFaults",
      "runSimulation",
      "runSwarm",
      "scientificRecord",
      "startSimulatedLaboratory",
    ]
  `);
});
