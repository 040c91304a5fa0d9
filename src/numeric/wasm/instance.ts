import { DENSE_KERNEL_BASE64 } from "./dense-kernel-binary.ts";

/** The functions of dense-kernel.assembly; every pointer is a byte address in `memory`. */
export interface DenseKernel {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
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
  inverse(n: number, l: number, t: number, c: number, work: number): void;
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
  const host = (globalThis as { WebAssembly?: WebAssemblyHost }).WebAssembly;
  if (host === undefined) return undefined;
  try {
    const bytes = Uint8Array.from(atob(DENSE_KERNEL_BASE64), (c) => c.charCodeAt(0));
    const created = new host.Instance(new host.Module(bytes), {
      env: {
        abort: () => {
          throw new Error("the numeric kernel stopped");
        },
      },
    });
    instance = created.exports as DenseKernel;
  } catch {
    // No SIMD on this processor or runtime: the plain code gives the same answers, slower.
    instance = undefined;
  }
  return instance;
}

/** Addresses of arrays of the given lengths (numbers, not bytes), 16-byte aligned, in memory grown to hold them. */
export function reserve(kernel: DenseKernel, lengths: readonly number[]): number[] {
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
