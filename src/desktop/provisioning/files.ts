// Files with secrets: readable by their owner alone, never written over what is there, all or none.

import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

export interface NewFile {
  readonly name: string;
  readonly content: string | Uint8Array;
}

/** Resolves to their paths; rejects with the system's error if one is there, or cannot be written. */
export async function writeSecretFiles(
  folder: string,
  files: readonly NewFile[],
): Promise<string[]> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const written: string[] = [];
  try {
    for (const { name, content } of files) {
      const path = join(folder, name);
      await writeFile(path, content, { mode: 0o600, flag: "wx" });
      written.push(path);
    }
  } catch (error) {
    await removeFiles(written);
    throw error;
  }
  return written;
}

/** Those that were written, where there is no use for them after all. */
export async function removeFiles(paths: readonly string[]): Promise<void> {
  await Promise.all(paths.map((path) => rm(path)));
}

/** In the place of one that was written: the old one or the new one is there, whatever happens. */
export async function replaceSecretFile(path: string, content: string): Promise<void> {
  const next = `${path}.new`;
  await writeFile(next, content, { mode: 0o600, flag: "wx" });
  await rename(next, path);
}
