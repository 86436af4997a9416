// For rollup.config.js: where the engine has no btoa and atob, or others than browsers have, bytes.ts takes those of
// src/firmware/ports/base64.ts.

const BYTES = /[\\/]firmware[\\/]bytes\.ts$/;

export const ownBase64 = {
  name: "own-base64",
  transform: (code, id) =>
    BYTES.test(id)
      ? { code: `import { atob, btoa } from "./ports/base64.js";${code}`, map: null }
      : null,
};
