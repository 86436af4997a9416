// Files with secrets: readable by their owner alone, never written over what is there, all or none.

import { mkdir, rm, writeFile } from "node:fs/promises";
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
    await Promise.all(written.map((path) => rm(path)));
    throw error;
  }
  return written;
}
