// The line to a board's console: a serial port, or TCP (`tcp://host:port`) to a bridge or an Espruino on Linux.

import { once } from "node:events";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { codeOf, ExitCode, Failure, messageOf, usageFailure } from "../failure.js";
import { within } from "../within.js";

/** What Espruino's consoles on a UART begin with. */
export const DEFAULT_BAUD = 115_200;
const CONNECT_MS = 10_000;
const TCP = "tcp://";

export interface Port {
  readonly name: string;
  write(bytes: Buffer): Promise<void>;
  /** One listener; what came before it is lost. */
  onBytes(listener: (bytes: Buffer) => void): void;
  /** Resolves when the other end is gone, or it was closed here. */
  readonly closed: Promise<void>;
  close(): void;
}

/** Rejects with a `Failure` when it cannot be opened. */
export async function openPort(name: string, baud = DEFAULT_BAUD): Promise<Port> {
  return portOf(name, name.startsWith(TCP) ? await openTcp(name) : await openSerial(name, baud));
}

function portOf(name: string, stream: Duplex): Port {
  let listener: (bytes: Buffer) => void = () => {};
  stream.on("data", (bytes: Buffer) => listener(bytes));
  stream.on("error", () => stream.destroy());
  // The other end of TCP has ended: nobody reads what we would write.
  stream.on("end", () => stream.destroy());
  return {
    name,
    write: (bytes) =>
      new Promise((resolve) => {
        // An error closes the stream, and `closed` tells of it.
        stream.write(bytes, () => resolve());
      }),
    onBytes: (next) => void (listener = next),
    closed: new Promise((resolve) => stream.once("close", () => resolve())),
    close: () => void stream.destroy(),
  };
}

/** Host and port of `tcp://host:port`; IPv6 in brackets. */
export function tcpAddress(name: string): { host: string; port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:\s]+)):(\d{1,5})$/.exec(name.slice(TCP.length));
  const port = Number(match?.[3]);
  if (match && port > 0 && port < 65536) return { host: match[1] ?? match[2], port };
  throw usageFailure(`"${name}" is no port.`, "Over TCP it is tcp://host:port, with both.");
}

async function openTcp(name: string): Promise<Duplex> {
  const socket = connect({ ...tcpAddress(name), noDelay: true });
  try {
    await within(CONNECT_MS, "no answer", once(socket, "connect"));
    return socket;
  } catch (error) {
    socket.destroy();
    throw new Failure(
      ExitCode.network,
      `${name} cannot be reached (${codeOf(error) || messageOf(error)}).`,
      "Check host and port, and that the board's bridge or Espruino listens there.",
    );
  }
}

async function openSerial(name: string, baud: number): Promise<Duplex> {
  // Its native part is loaded only where it is needed.
  const { SerialPort } = await import("serialport");
  // Without hupcl the lines stay as they are at the end, which on many boards would reset the chip.
  const port = new SerialPort({ path: name, baudRate: baud, autoOpen: false, hupcl: false });
  try {
    await new Promise<void>((resolve, reject) => {
      port.open((error) => (error ? reject(error) : resolve()));
    });
    return port;
  } catch (error) {
    throw await serialFailure(name, messageOf(error), () => SerialPort.list());
  }
}

interface ListedPort {
  readonly path: string;
  readonly manufacturer?: string | undefined;
  readonly vendorId?: string | undefined;
}

/** `said` is the binding's own message, which has no code. Exported for its test. */
export async function serialFailure(
  name: string,
  said: string,
  list: () => Promise<readonly ListedPort[]>,
): Promise<Failure> {
  const failure = (what: string, advice: string) =>
    new Failure(ExitCode.network, `${name} ${what}.`, advice);
  if (/permission denied|access denied/i.test(said)) {
    return failure(
      "may not be opened by you",
      "On Linux: sudo usermod -aG dialout $USER, log in anew.",
    );
  }
  if (/cannot lock|busy/i.test(said)) {
    return failure("is in use by another program", "End it: a terminal, a monitor, the Web IDE.");
  }
  if (/no such file|not found/i.test(said)) return failure("is not there", await portsAdvice(list));
  return failure(`cannot be opened (${reasonOf(said)})`, await portsAdvice(list));
}

function reasonOf(said: string): string {
  return said.replace(/^Error:? /, "").replace(/, cannot open.*$|\.$/, "");
}

async function portsAdvice(list: () => Promise<readonly ListedPort[]>): Promise<string> {
  const ports = await list().catch(() => []);
  // Those of a PC's own chip are listed whether there is one or not.
  const usb = ports.filter(({ vendorId }) => vendorId !== undefined);
  const names = usb.map(({ path, manufacturer }) =>
    manufacturer ? `${path} (${manufacturer})` : path,
  );
  return names.length > 0
    ? `Serial ports that this machine has: ${names.join(", ")}.`
    : "This machine has no USB serial port: is the board plugged in, with a cable that carries data?";
}
