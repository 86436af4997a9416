// Why a command of the program ended: a line that says what happened, one that says what to do, and
// the exit code, which docs/cli.md lists.

export const ExitCode = {
  notAcknowledged: 1,
  usage: 2,
  network: 3,
  loginRefused: 4,
  toolMissing: 5,
  board: 6,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

export class Failure extends Error {
  constructor(
    readonly exitCode: ExitCode,
    message: string,
    readonly advice: string,
  ) {
    super(message);
  }
}

/** Whoever was asked has no time, or no memory, right now. */
export class Busy extends Failure {}

/** A command line that cannot be meant, or that lacks something. */
export function usageFailure(message: string, advice: string): Failure {
  return new Failure(ExitCode.usage, message, advice);
}

/** A file or folder that the system does not give; `error` is its own. */
export function unreadable(file: string, error: unknown, advice: string): Failure {
  return usageFailure(`${file} cannot be read (${codeOf(error)}).`, advice);
}

/** A file or folder that the system does not take; `error` is its own. */
export function unwritable(file: string, error: unknown, advice: string): Failure {
  return usageFailure(`${file} cannot be written (${codeOf(error)}).`, advice);
}

/** A board that does not do what it is asked for. */
export function boardFailure(message: string, advice: string): Failure {
  return new Failure(ExitCode.board, message, advice);
}

/** The `code` of a system error (`ECONNREFUSED`), or nothing. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
