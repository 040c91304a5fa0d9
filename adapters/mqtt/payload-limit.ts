/** Larger data goes by reference (`uri`, `sha256`, `bytes`). */
export const PAYLOAD_BYTES_MAX = 1024 * 1024;
