import { DENSE_KERNEL_BASE64 } from "./dense-kernel-binary.ts";

export interface KernelMemory {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
}

/** The functions of dense-kernel.assembly and its parts; every pointer is a byte address in `memory`. */
export interface DenseKernel extends KernelMemory {
  cholesky(n: number, a: number, work: number): number;
  solveStrip(
    n: number,
    ldl: number,
    l: number,
    width: number,
    ldv: number,
    v: number,
    work: number,
  ): void;
  inverse(n: number, l: number, t: number, c: number, work: number, cut: number): void;
  addGram(n: number, width: number, ldr: number, r: number, g: number, work: number): void;
  covariance(
    kind: number,
    count: number,
    stride: number,
    columns: number,
    pool: number,
    x: number,
    s2: number,
    out: number,
  ): void;
  fourier(
    count: number,
    stride: number,
    columns: number,
    features: number,
    pool: number,
    omega: number,
    phase: number,
    weight: number,
    out: number,
  ): void;
  fillEvidence(
    n: number,
    m: number,
    groups: number,
    kind: number,
    s2: number,
    distances: number,
    q: number,
    a: number,
    s: number,
  ): void;
  slopeEvidence(
    n: number,
    m: number,
    groups: number,
    distances: number,
    s: number,
    t: number,
    c: number,
    z: number,
    alpha: number,
    out: number,
  ): void;
  turnColumns(
    n: number,
    size: number,
    stride: number,
    v: number,
    z: number,
    least: number,
    out: number,
    mean: number,
    variance: number,
  ): void;
  weighRows(n: number, size: number, stride: number, v: number, w: number, out: number): void;
  addSquares(n: number, size: number, stride: number, v: number, out: number): void;
  reduceColumns(n: number, size: number, ldv: number, v: number, l: number, row: number): void;
}

interface WebAssemblyHost {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
}

/** Below this the compiler keeps its own data. */
const FIRST_BYTE = 4096;
const PAGE_BYTES = 65536;

let instance: DenseKernel | undefined;
let isTried = false;

/** The compiled kernel, or `undefined` where the runtime has no WebAssembly SIMD: callers then take the plain code. */
export function denseKernel(): DenseKernel | undefined {
  if (isTried) return instance;
  isTried = true;
  instance = createInstance(DENSE_KERNEL_BASE64);
  return instance;
}

const modules = new Map<string, object>();

/** A kernel with a memory of its own, `undefined` where the runtime has no WebAssembly SIMD. */
export function createInstance<K extends KernelMemory>(base64: string): K | undefined {
  const host = (globalThis as { WebAssembly?: WebAssemblyHost }).WebAssembly;
  if (host === undefined) return undefined;
  try {
    const compiled =
      modules.get(base64) ?? new host.Module(Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)));
    modules.set(base64, compiled);
    const created = new host.Instance(compiled, {
      env: {
        abort: () => {
          throw new Error("the numeric kernel stopped");
        },
      },
    });
    return created.exports as K;
  } catch {
    // No SIMD on this processor or runtime: the plain code gives the same answers, slower.
    return undefined;
  }
}

/** Addresses of arrays of the given lengths (numbers, not bytes), 16-byte aligned, in memory grown to hold them. */
export function reserve(kernel: KernelMemory, lengths: readonly number[]): number[] {
  let end = FIRST_BYTE;
  const addresses = lengths.map((length) => {
    const at = end;
    end += Math.ceil(length / 2) * 16;
    return at;
  });
  const missing = end - kernel.memory.buffer.byteLength;
  if (missing > 0) kernel.memory.grow(Math.ceil(missing / PAGE_BYTES));
  return addresses;
}

/** The numbers at an address. */
export function viewAt(kernel: DenseKernel, address: number, length: number): Float64Array {
  return new Float64Array(kernel.memory.buffer, address, length);
}
