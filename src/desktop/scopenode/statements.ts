// The statements of a database, each compiled once: compiling takes longer than the small things that a ScopeNode asks for.

import type sqlite from "node-sqlite3-wasm";

type Connection = InstanceType<typeof sqlite.Database>;
type Statement = ReturnType<Connection["prepare"]>;
type Values = Parameters<Statement["run"]>[0];
type Row = Readonly<Record<string, number | bigint | string | Uint8Array | null>>;

export class Statements {
  private readonly compiled = new Map<string, Statement>();

  constructor(private readonly connection: Connection) {}

  run(sql: string, values?: Values): { changes: number; lastInsertRowid: number | bigint } {
    return this.with(sql, (statement) => statement.run(values));
  }

  /** To its last row: a statement that stands still in the midst keeps the log from being emptied. */
  all(sql: string, values?: Values): Row[] {
    return this.with(sql, (statement) => statement.all(values) as Row[]);
  }

  /** The first row, of few. */
  get(sql: string, values?: Values): Row | undefined {
    return this.all(sql, values)[0];
  }

  /** All of it or nothing. */
  transact<T>(work: () => T): T {
    this.run("BEGIN IMMEDIATE");
    try {
      const result = work();
      this.run("COMMIT");
      return result;
    } catch (error) {
      if (this.connection.inTransaction) this.run("ROLLBACK");
      throw error;
    }
  }

  /** Before the database is: one that has statements stays open behind its closing. */
  close(): void {
    this.compiled.forEach((statement) => statement.finalize());
    this.compiled.clear();
  }

  /** One that has failed is made anew: it would tell of that failure instead of what it is asked next. */
  private with<T>(sql: string, use: (statement: Statement) => T): T {
    const statement = this.compiled.get(sql) ?? this.connection.prepare(sql);
    this.compiled.set(sql, statement);
    try {
      return use(statement);
    } catch (error) {
      this.compiled.delete(sql);
      discard(statement);
      throw error;
    }
  }
}

/** Whose failure is known. */
function discard(statement: Statement): void {
  try {
    statement.finalize();
  } catch {
    // It says the same once more.
  }
}
