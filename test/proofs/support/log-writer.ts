import { openFileEventLog } from "../../../adapters/storage/file-event-log.ts";
import { silentLogger } from "../../../src/core/logger.ts";

/** `writer FOLDER NAME EVENTS close|die [BYTES]`: opens the log, appends and says what was acknowledged, each as a line of JSON. */
const [folder = "", name = "", count = "0", end = "close", bytes = "10"] = process.argv.slice(2);

function say(what: string, more: Record<string, unknown> = {}): void {
  const line = JSON.stringify({ what, at: String(process.hrtime.bigint()), ...more });
  process.stdout.write(`${line}\n`);
}

try {
  const log = await openFileEventLog({ folder, logger: silentLogger });
  say("held");
  for (let n = 0; n < Number(count); n++) {
    const timerId = `${name}/${n}/${"x".repeat(Number(bytes))}`;
    const [event] = await log.append([{ time_ms: n, fact: { type: "timer.fired", timerId } }]);
    say("acknowledged", { position: event?.position });
    if (end === "die" && n > Number(count) / 2) process.kill(process.pid, "SIGKILL");
  }
  await log.close();
  say("ended");
} catch (error) {
  say("refused", { code: (error as { code?: string }).code });
}
