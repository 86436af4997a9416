// Wi-Fi of Kaluma on a Pico W, as it is in 1.2.1 and 1.3.0-beta.2: src/modules/wifi/wifi.js and pico_cyw43/module_pico_cyw43.c.
// A join blocks everything for as long as it takes, 30 s at most, and its callback reports success either way; a network that is
// lost is not reported at all ("disconnected" comes after one's own `disconnect`). So the connection is asked for, again and again.

import type { WifiSettings } from "../configuration.js";
import type { HostNetwork } from "./host-contract.js";

interface JoinSettings extends WifiSettings {
  security: string;
  enforce: boolean;
}

interface KalumaWifi {
  connect(settings: JoinSettings, onDone: () => void): void;
  getConnection(onDone: (error: unknown, connection?: object) => void): void;
}

declare function require(name: "wifi"): { WiFi: new () => KalumaWifi };

/** From one look to the next, and from a join that has failed to the next. */
const WATCH_MS = 10000;

/** Throws where there is no such device. `onBlocked`: for seconds nothing has run, and what waits somewhere is old. */
export function kalumaNetwork(
  start: (delayMs: number, callback: () => void) => void,
  onBlocked: () => void,
): HostNetwork {
  const radio = new (require("wifi").WiFi)();

  return {
    attach: function (wifi, onChange) {
      let wasUp = false;

      function look(): void {
        let isUp = false;
        radio.getConnection(function (error, connection) {
          isUp = !error && !!connection;
        });
        if (isUp === wasUp) return;
        wasUp = isUp;
        onChange(isUp);
      }

      /** Not named, Kaluma looks for `security` in its own storage; without `enforce` it believes an old connection. */
      function join({ ssid, password }: WifiSettings): void {
        const security = password ? "WPA2_WPA_PSK" : "OPEN";
        radio.connect({ ssid, password, security, enforce: true }, function () {});
        onBlocked();
      }

      function watch(): void {
        look();
        if (!wasUp && wifi) {
          join(wifi);
          look();
        }
        start(WATCH_MS, watch);
      }

      start(0, watch);
    },
  };
}
