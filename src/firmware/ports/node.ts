// The desktop: whoever loads the bundle has put a platform into the global `microspimeHost`.

import type { Platform } from "../platform.js";

declare const microspimeHost: Platform;

export const platform: Platform = microspimeHost;
