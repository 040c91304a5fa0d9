import { spawn } from "node:child_process";
import { join } from "node:path";

/** Tells, when the process ends, what it has cost. */
const TELL_CPU = `process.on("exit",()=>{const{user,system}=process.cpuUsage();process.stderr.write("CPU_us="+(user+system)+"\\n")})`;

/** What `tieline simulate --faults swarm` of the build in that folder costs, its start included, and how many points it measured. */
export interface SwarmRun {
  readonly cpu_s: number;
  readonly points: number;
}

export function swarmRunOf(folder: string, seed: string): Promise<SwarmRun> {
  const program = join(folder, "dist/src/main.js");
  const argv = ["simulate", "--seed", seed, "--faults", "swarm"];
  const preload = `data:text/javascript,${encodeURIComponent(TELL_CPU)}`;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--import", preload, program, ...argv], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    let shown = "";
    child.stdout.on("data", (chunk) => (shown += String(chunk)));
    child.stderr.on("data", (chunk) => (said += String(chunk)));
    child.on("close", (code) => {
      const cpu_us = /CPU_us=(\d+)/.exec(said)?.[1];
      const points = /(\d+) of \d+ measured/.exec(shown)?.[1];
      if (code === 0 && cpu_us !== undefined && points !== undefined)
        resolve({ cpu_s: Number(cpu_us) / 1e6, points: Number(points) });
      else reject(new Error(`${program} simulate ended with ${code}: ${said.slice(-500)}`));
    });
  });
}
