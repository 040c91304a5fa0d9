import { z } from "zod";

/** What every definition of a controller's model begins with. */
export const modelShape = {
  version: z.literal(1, "write version: 1"),
  model: z.string().min(1),
  /** Manual and chapter that the definition was written from. */
  source: z.string().min(1),
};

export const kindOf = (usual: string) =>
  z
    .string()
    .regex(/^[a-z][a-z0-9-]*$/)
    .default(usual);

/** Times of one question and its answer, and the TCP port where the address names none. */
export const lineShape = (usualPort: number) => ({
  timeout_ms: z.number().int().min(20).max(60_000).default(1000),
  gap_ms: z.number().int().min(0).max(5000).default(0),
  quiet_ms: z.number().int().min(0).max(60_000).default(200),
  port: z.number().int().min(1).max(65_535).default(usualPort),
});
