// Kaluma's `fs` on littlefs 2.4, for tests: own code. A file is committed when it is closed; that there is one, and empty,
// when it is opened. Who opens one that is not there loses memory; errors are thrown, and what was open stays open. Of a
// view into a longer buffer the buffer's beginning is written.

interface Opened {
  readonly path: string;
  bytes: Uint8Array;
  hasFailed: boolean;
}

class SystemError extends Error {
  constructor(
    readonly errno: number,
    message: string,
  ) {
    super(message);
  }
}

const NO_ENTRY = new SystemError(-2, "No such file or directory");
const NO_SPACE = new SystemError(-28, "No space left on device");

export class KalumaFiles {
  /** Writes from now on find no room. */
  isFull = false;
  /** Called after each step of a write: power may fail there. */
  onStep: (step: "opened" | "written" | "closed" | "renamed" | "unlinked") => void = () => {};
  /** Handles of files that were not there: their memory is lost until a restart. */
  leaked = 0;
  private readonly opened = new Map<number, Opened>();
  private lastHandle = 0;

  /** What is in flash, by path. */
  constructor(readonly flash = new Map<string, Uint8Array>()) {}

  /** What is not closed. */
  get openCount(): number {
    return this.opened.size;
  }

  readonly module = {
    exists: (path: string) => this.flash.has(path),
    readFile: (path: string) => new Uint8Array(this.get(path)),
    open: (path: string, flags: string) => this.open(path, flags),
    write: (
      handle: number,
      bytes: Uint8Array,
      offset = 0,
      count = bytes.length,
      at = this.file(handle).bytes.length,
    ): number => {
      const file = this.file(handle);
      if (this.isFull) {
        file.hasFailed = true;
        throw NO_SPACE;
      }
      const written = new Uint8Array(bytes.buffer as ArrayBuffer, offset, count);
      file.bytes = Uint8Array.from([...file.bytes.subarray(0, at), ...written]);
      this.onStep("written");
      return count;
    },
    close: (handle: number): void => {
      const file = this.file(handle);
      this.opened.delete(handle);
      if (!file.hasFailed) this.flash.set(file.path, file.bytes);
      this.onStep("closed");
    },
    rename: (path: string, newPath: string): void => {
      this.flash.set(newPath, this.get(path));
      this.flash.delete(path);
      this.onStep("renamed");
    },
    readdir: () => [...this.flash.keys()].map((path) => path.slice(1)),
    unlink: (path: string): void => {
      this.get(path);
      this.flash.delete(path);
      this.onStep("unlinked");
    },
  };

  private open(path: string, flags: string): number {
    // Of its other flags none makes a file that is not there, "a" among them.
    if (flags === "w" && !this.flash.has(path)) this.flash.set(path, new Uint8Array(0));
    if (!this.flash.has(path)) {
      this.leaked++;
      throw NO_ENTRY;
    }
    const bytes = flags === "w" ? new Uint8Array(0) : this.get(path);
    this.opened.set(++this.lastHandle, { path, bytes, hasFailed: false });
    this.onStep("opened");
    return this.lastHandle;
  }

  private get(path: string): Uint8Array {
    const bytes = this.flash.get(path);
    if (!bytes) throw NO_ENTRY;
    return bytes;
  }

  private file(handle: number): Opened {
    const file = this.opened.get(handle);
    if (!file) throw new SystemError(-9, "Bad file number");
    return file;
  }
}
