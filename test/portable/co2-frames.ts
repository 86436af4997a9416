// The frames of test/vectors/co2-frames.json by sensor, direction and meaning, for suites that cannot read files; that
// both are the same is a test of test/firmware/vectors.test.ts.

export interface Frames {
  [kindAndMeaning: string]: string;
}

export const MHZ19_FRAMES: Frames = {
  "tx read CO2": "ff 01 86 00 00 00 00 00 79",
  "rx 544 ppm": "ff 86 02 20 00 00 00 00 58",
  "rx 3557 ppm, 21 C, status 0x40 (PWM said 1420 ppm)": "ff 86 0d e5 3d 40 42 cf fa",
  "rx 395 ppm, 22 C but checksum 00: must be rejected": "ff 86 01 8b 3e 00 00 00 00",
  "rx 608 ppm, 31 C": "ff 86 02 60 47 00 00 00 d1",
  "rx 410 ppm, 25 C (the warm-up constant)": "ff 86 01 9a 41 00 00 00 9e",
  "tx ABC on": "ff 01 79 a0 00 00 00 00 e6",
  "tx ABC off": "ff 01 79 00 00 00 00 00 86",
  "tx zero point calibration (400 ppm)": "ff 01 87 00 00 00 00 00 78",
  "tx span 2000 ppm": "ff 01 88 07 d0 00 00 00 a0",
  "tx range 2000": "ff 01 99 00 00 00 07 d0 8f",
  "tx range 5000": "ff 01 99 00 00 00 13 88 cb",
};

export const S8_FRAMES: Frames = {
  "tx read status+CO2": "fe 04 00 00 00 04 e5 c6",
  "rx status 0, 400 ppm": "fe 04 08 00 00 00 00 00 00 01 90 16 e6",
  "rx output status 1, 531 ppm": "fe 04 08 00 00 00 00 00 01 02 13 06 77",
  "rx output status 1, 532 ppm": "fe 04 08 00 00 00 00 00 01 02 14 47 b5",
  "tx read CO2 only (IR4)": "fe 04 00 03 00 01 d5 c5",
  "rx 400 ppm": "fe 04 02 01 90 ac d8",
  "rx 8899 ppm (uncalibrated sensor, CRC right)": "fe 04 02 22 c3 f5 d5",
  "rx -17 ppm as int16 (65519 if unsigned)": "fe 04 08 00 00 00 00 00 00 ff ef 17 66",
  "rx bad CRC (documentation error; right CRC is AD B2 = 904 ppm)": "fe 04 02 03 88 d5 c5",
  "tx ABC period 180 h": "fe 06 00 1f 00 b4 ac 74",
  "tx ABC off": "fe 06 00 1f 00 00 ac 03",
  "tx read ABC period": "fe 03 00 1f 00 01 a1 c3",
  "rx ABC period 180 h": "fe 03 02 00 b4 ac 27",
  "tx clear acknowledgement register": "fe 06 00 00 00 00 9d c5",
  "tx background calibration (400 ppm)": "fe 06 00 01 7c 06 6c c7",
  "tx zero (nitrogen) calibration": "fe 06 00 01 7c 07 ad 07",
  "tx read acknowledgement": "fe 03 00 00 00 01 90 05",
  "rx acknowledgement bit 5: background calibration done": "fe 03 02 00 20 ad 88",
  "rx Modbus exception 2 to function 4": "fe 84 02 f2 f1",
};

export const K30_FRAMES: Frames = {
  "tx read CO2 (IR4), address 0x68": "68 04 00 03 00 01 c8 f3",
  "rx 769 ppm": "68 04 02 03 01 24 09",
  "tx read RAM 0x08, 2 bytes": "fe 44 00 08 02 9f 25",
  "rx 400 ppm": "fe 44 02 01 90 b9 18",
};

export const T6713_FRAMES: Frames = {
  "tx read ppm": "15 04 13 8b 00 01 46 70",
  "rx 600 ppm": "15 04 02 02 58 89 a9",
  "tx read status": "15 04 13 8a 00 01 17 b0",
  "rx status bit 11: warm-up": "15 04 02 08 00 8e f3",
  "tx ABC on": "15 05 03 ee ff 00 ef 5f",
};

export const CM1106_FRAMES: Frames = {
  "tx read CO2": "11 01 01 ed",
  "rx 600 ppm": "16 05 01 02 58 00 00 8a",
  "tx calibrate to 400 ppm": "11 03 03 01 90 58",
  "rx calibration accepted": "16 01 03 e6",
  "tx software version": "11 01 1e d0",
  "rx error 1 (bad checksum) to command 1": "06 02 01 01 f6",
};

export const SCD4X_FRAMES: Frames = {
  "rx 500 ppm, 25.0 C, 37.0 %RH": "01 f4 33 66 67 a2 5e b9 3c",
  "rx data NOT ready (low 11 bits 0)": "80 00 a2",
  "rx data ready": "80 06 04",
  "rx FRC correction -50 ppm (word - 0x8000)": "7f ce 7b",
  "rx FRC failed": "ff ff ac",
  "tx forced recalibration 480 ppm": "36 2f 01 e0 b4",
  "tx altitude 1950 m": "24 27 07 9e 09",
  "tx pressure 98700 Pa": "e0 00 03 db 42",
  "tx temperature offset 5.4 C": "24 1d 07 e6 48",
  "tx ASC on": "24 16 00 01 b0",
  "tx ASC off": "24 16 00 00 81",
};

export const SCD30_FRAMES: Frames = {
  "rx 439.09515 ppm, 27.23828 C, 48.806744 %RH":
    "43 db cb 8c 2e 8f 41 d9 70 e7 ff f5 42 43 bf 3a 1b 74",
  "rx data ready": "00 01 b0",
  "tx start, no pressure": "00 10 00 00 81",
  "tx interval 2 s": "46 00 00 02 e3",
  "tx ASC off": "53 06 00 00 81",
  "tx FRC 450 ppm": "52 04 01 c2 50",
  "tx temperature offset 5.00 C": "54 03 01 f4 33",
  "tx altitude 1000 m": "51 02 03 e8 d4",
};
