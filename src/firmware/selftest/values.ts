// What a row of the self-test has found, by name. The names are quoted, because the desktop knows them.

export interface Values {
  [name: string]: number | string;
}

/** Milliseconds that go by. */
export type Now = () => number;
