import type { Gateway } from "../../../adapters/gateway/index.ts";

/**
 * Stops gateways side by side, since each may wait for a device that does not answer. One that fails ends no other's wait: rejects
 * with the first failure once all have ended.
 */
export async function stopTogether(gateways: readonly Gateway[]): Promise<void> {
  const ended = await Promise.allSettled(gateways.map((gateway) => gateway.stop()));
  for (const one of ended) if (one.status === "rejected") throw one.reason;
}
