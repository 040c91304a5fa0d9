import { spawn } from "node:child_process";
import { join } from "node:path";

/** Tells, when the process ends, what it has cost. */
const TELL_CPU = `process.on("exit",()=>{const{user,system}=process.cpuUsage();process.stderr.write("CPU_us="+(user+system)+"\\n")})`;

/** CPU seconds of `tieline simulate --faults swarm` of the build in that folder, its start included. */
export function cpuOfSwarmRun_s(folder: string, seed: string): Promise<number> {
  const program = join(folder, "dist/src/main.js");
  const argv = ["simulate", "--seed", seed, "--faults", "swarm"];
  const preload = `data:text/javascript,${encodeURIComponent(TELL_CPU)}`;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--import", preload, program, ...argv], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    child.stderr.on("data", (chunk) => (said += String(chunk)));
    child.on("close", (code) => {
      const cpu_us = /CPU_us=(\d+)/.exec(said)?.[1];
      if (code === 0 && cpu_us !== undefined) resolve(Number(cpu_us) / 1e6);
      else reject(new Error(`${program} simulate ended with ${code}: ${said.slice(-500)}`));
    });
  });
}
