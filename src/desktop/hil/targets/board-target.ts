import type { Rig } from "../rig.js";
import type { TargetKind } from "./target.js";
export function boardTarget(rig: Rig, port: string | undefined): TargetKind { throw new Error(`${rig.board}${port}`); }
