/** Makes text small and large again. */
export interface Packer {
  pack(text: string): Uint8Array;
  unpack(bytes: Uint8Array): string;
}
