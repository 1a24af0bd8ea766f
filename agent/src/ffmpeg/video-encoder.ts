/** What of an encoder differs from another's. */
export interface VideoEncoder {
  /** Before the input: devices, and where pictures are decoded. */
  readonly decoding: readonly string[];
  /** Filters that bring a decoded picture to the encoder, in the size wanted. */
  readonly filters: readonly string[];
  /** Its name and its own options. */
  readonly options: readonly string[];
}
