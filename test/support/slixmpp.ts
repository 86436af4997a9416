// A client that nobody here wrote: slixmpp (Debian python3-slixmpp) in a process of its own, which
// slixmpp-peer.py lets do what a test wants.

import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** Debian's, which has Debian's modules. */
const PYTHON = "/usr/bin/python3";
const SCRIPT = "test/support/slixmpp-peer.py";

export interface PeerAccount {
  readonly jid: string;
  readonly password: string;
  readonly host: string;
  readonly port: number;
}

/** What it tells; which fields there are depends on what it is about. */
export interface Told {
  readonly online?: string;
  readonly reply?: number;
  /** Of the reply; `none`: there was none. */
  readonly type?: string;
  readonly from?: string;
  readonly xml?: string;
  /** A report's stanza: it has been acknowledged. */
  readonly report?: string;
}

/** What is missing for it on this machine, or undefined. */
export function lackOfSlixmpp(): string | undefined {
  const { status } = spawnSync(PYTHON, ["-c", "import slixmpp"]);
  return status === 0 ? undefined : "install python3-slixmpp";
}

export class SlixmppPeer {
  private waiting: { isIt: (told: Told) => boolean; resolve: (told: Told) => void }[] = [];
  private asked = 0;
  private readonly process: ChildProcessWithoutNullStreams;
  private said = "";
  /** Rejects when it has ended by itself. */
  private readonly ended: Promise<never>;

  private constructor(account: PeerAccount) {
    const env = { ...process.env, SLIXMPP_PEER: JSON.stringify(account) };
    this.process = spawn(PYTHON, [SCRIPT], { env });
    this.process.stderr.on("data", (bytes: Buffer) => (this.said += bytes.toString()));
    this.ended = once(this.process, "exit").then(() => {
      throw new Error(`slixmpp has ended:\n${this.said}`);
    });
    this.ended.catch(() => {});
    createInterface(this.process.stdout).on("line", (line) => this.take(JSON.parse(line)));
  }

  /** Resolves once it is logged in. */
  static async start(account: PeerAccount): Promise<SlixmppPeer> {
    const peer = new SlixmppPeer(account);
    await peer.next(({ online }) => online !== undefined);
    return peer;
  }

  /** `kind`: the type of an iq with `xml` in it, or a plugin of slixmpp's to ask. */
  ask(to: string, kind: "get" | "set" | "ping" | "disco" | "version", xml = ""): Promise<Told> {
    const id = (this.asked += 1);
    this.order({ ask: id, to, type: kind, xml });
    return this.next(({ reply }) => reply === id);
  }

  sendMessage(to: string, message: string): void {
    this.order({ to, message });
  }

  /** A report that comes from now on. */
  nextReport(): Promise<Told> {
    return this.next(({ report }) => report !== undefined);
  }

  async stop(): Promise<void> {
    this.process.kill();
    await this.ended.catch(() => {});
  }

  private order(order: object): void {
    this.process.stdin.write(`${JSON.stringify(order)}\n`);
  }

  private next(isIt: (told: Told) => boolean): Promise<Told> {
    const told = new Promise<Told>((resolve) => this.waiting.push({ isIt, resolve }));
    return Promise.race([told, this.ended]);
  }

  private take(told: Told): void {
    const waiting = this.waiting.filter(({ isIt }) => isIt(told));
    this.waiting = this.waiting.filter((one) => !waiting.includes(one));
    for (const { resolve } of waiting) resolve(told);
  }
}
