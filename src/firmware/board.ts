// What firmware reads of a board's data file (boards/NAME.json).

export interface UartSettings {
  /** The port's own name for the UART: `Serial2`, or that of a simulated wire. */
  device: string;
  baud: number;
  /** Pins by name, where the board lets them be chosen. */
  rx?: string;
  tx?: string;
  /** The file behind the UART where the engine runs on a desktop. */
  path?: string;
}

export interface Board {
  name: string;
  uarts: { gps: UartSettings; co2: UartSettings };
  /** Where unpredictable bytes come from: a register of the chip, or a file. */
  entropy: { register?: number; file?: string };
}
