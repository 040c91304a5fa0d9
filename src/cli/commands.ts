import { registerAcl } from "./acl.ts";
import type { RegisterCommand } from "./command.ts";
import { registerConformance } from "./conformance/conformance.ts";
import { registerContract } from "./contract.ts";
import { registerDoctor } from "./doctor.ts";
import { registerEffectiveModel } from "./effective-model/effective-model.ts";
import { registerEvaluate } from "./evaluate/evaluate.ts";
import { registerExport } from "./export/export.ts";
import { registerGateway } from "./gateway/gateway.ts";
import { registerIdentify } from "./identify/identify.ts";
import { registerLog } from "./log.ts";
import { registerMcp } from "./mcp/mcp.ts";
import { registerEmergencyStop } from "./operate/emergency-stop.ts";
import { registerExtend, registerPropose } from "./operate/extend.ts";
import { registerHandover } from "./operate/handover.ts";
import { registerOperate } from "./operate/operate.ts";
import { registerReread } from "./operate/reread.ts";
import { registerStatus } from "./operate/status.ts";
import { registerComment, registerTell } from "./operate/tell.ts";
import { registerTodo } from "./operate/todo.ts";
import { registerPage } from "./page/page.ts";
import { registerReplay } from "./replay.ts";
import { registerReport } from "./report/report.ts";
import { registerRunner } from "./runner/runner.ts";
import { registerSimulate } from "./simulate.ts";
import { registerStart } from "./start/start.ts";
import { registerStructure } from "./structure/structure.ts";
import { registerSuggest } from "./suggest/suggest.ts";
import { registerValidate } from "./validate.ts";

/**
 * Every command, in the order of the help text.
 */
export const COMMANDS: readonly RegisterCommand[] = [
  registerStart,
  registerValidate,
  registerDoctor,
  registerStatus,
  registerOperate,
  registerExtend,
  registerPropose,
  registerTodo,
  registerComment,
  registerTell,
  registerReread,
  registerEmergencyStop,
  registerHandover,
  registerSuggest,
  registerPage,
  registerEvaluate,
  registerIdentify,
  registerEffectiveModel,
  registerSimulate,
  registerExport,
  registerReport,
  registerReplay,
  registerLog,
  registerStructure,
  registerRunner,
  registerGateway,
  registerMcp,
  registerContract,
  registerAcl,
  registerConformance,
];
