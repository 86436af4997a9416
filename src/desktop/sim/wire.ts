// A serial line between a simulated sensor and a board: octets both ways.

export class Wire {
  private boardEnd: ((bytes: Buffer) => void) | undefined;
  private sensorEnd: ((bytes: Buffer) => void) | undefined;

  onBytesForBoard(receive: (bytes: Buffer) => void): void {
    this.boardEnd = receive;
  }

  onBytesForSensor(receive: (bytes: Buffer) => void): void {
    this.sensorEnd = receive;
  }

  /** Octets that nobody listens to are lost, as on copper. */
  toBoard(bytes: Buffer): void {
    this.boardEnd?.(bytes);
  }

  toSensor(bytes: Buffer): void {
    this.sensorEnd?.(bytes);
  }
}
