// What a frame of a CO2 sensor is to a person.

export type FieldValue = number | string | boolean;

export interface DecodedFrame {
  readonly bytes: Buffer;
  /** `unknown`: bytes that are no frame. */
  readonly kind: "command" | "answer" | "error" | "unknown";
  readonly what: string;
  /** With their units in their names. */
  readonly fields: Readonly<Record<string, FieldValue>>;
  readonly check: "right" | "wrong" | "none";
}

/** The frame that some bytes begin with, or nothing. `command`: the last one before, whose answer this may be. */
export type FrameReader = (
  bytes: Buffer,
  command: DecodedFrame | undefined,
) => DecodedFrame | undefined;

/**
 * For frames that begin recognisably: where a damaged one is cut short by a right one, that one is read.
 */
export function resynchronising(read: FrameReader): FrameReader {
  return (bytes, command) => {
    const frame = read(bytes, command);
    if (frame?.check !== "wrong") return frame;
    const isCutShort = [...frame.bytes.keys()].some(
      (at) => at > 0 && read(bytes.subarray(at), command)?.check === "right",
    );
    return isCutShort ? undefined : frame;
  };
}

/** All that is in some bytes; what is no frame is gathered as unknown. */
export function readFrames(read: FrameReader, bytes: Buffer): DecodedFrame[] {
  const frames: DecodedFrame[] = [];
  let command: DecodedFrame | undefined;
  let unknown = 0;
  let at = 0;
  const flush = () => {
    if (unknown > 0) frames.push(unknownFrame(bytes.subarray(at - unknown, at)));
    unknown = 0;
  };
  while (at < bytes.length) {
    const frame = read(bytes.subarray(at), command);
    if (frame) {
      flush();
      frames.push(frame);
      if (frame.kind === "command") command = frame;
    } else unknown++;
    at += frame?.bytes.length ?? 1;
  }
  flush();
  return frames;
}

function unknownFrame(bytes: Buffer): DecodedFrame {
  return { bytes, kind: "unknown", what: "no frame of this sensor", fields: {}, check: "none" };
}

/** The names of the bits that are set. */
export function bitsOf(value: number, names: Readonly<Record<number, string>>): string {
  const set = Array.from({ length: 16 }, (_, bit) => bit).filter((bit) => value & (1 << bit));
  return set.map((bit) => names[bit] ?? `bit ${bit}`).join(", ") || "none";
}
