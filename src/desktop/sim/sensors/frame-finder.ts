// Frames in bytes that are cut anywhere, with other bytes among them.

export interface Framing {
  /** How long the frame is that may begin here; `undefined` when not enough has come to tell, 0 for none. */
  frameBytes(head: Buffer): number | undefined;
  /** Whether these bytes are one. */
  isFrame(bytes: Buffer): boolean;
}

export class FrameFinder {
  private pending: Buffer = Buffer.alloc(0);

  constructor(
    private readonly framing: Framing,
    private readonly onFrame: (frame: Buffer) => void,
  ) {}

  feed(bytes: Buffer): void {
    this.pending = Buffer.concat([this.pending, bytes]);
    while (this.pending.length > 0) {
      const length = this.framing.frameBytes(this.pending);
      if (length === undefined || length > this.pending.length) return;
      this.take(length);
    }
  }

  /** What is no frame costs one byte only: the next may begin one. */
  private take(length: number): void {
    const frame = this.pending.subarray(0, length);
    const isFrame = length > 0 && this.framing.isFrame(frame);
    this.pending = this.pending.subarray(isFrame ? length : 1);
    if (isFrame) this.onFrame(frame);
  }
}
