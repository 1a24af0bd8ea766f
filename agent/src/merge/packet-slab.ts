const SLAB_BYTES = 32 * 1024;

/**
 * Copies packets into pieces of memory, so that the collector frees dozens of them as one; a packet that is kept holds
 * no more than its piece.
 */
export class PacketSlab {
  #slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
  #used = 0;

  copy(packet: Buffer): Buffer {
    if (this.#used + packet.length > this.#slab.length) {
      this.#slab = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, packet.length));
      this.#used = 0;
    }
    const start = this.#used;
    this.#used += packet.length;
    packet.copy(this.#slab, start);
    return this.#slab.subarray(start, this.#used);
  }
}
