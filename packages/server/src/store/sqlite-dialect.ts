import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import {
  SqliteDialect,
  SqliteQueryCompiler,
  sql,
  type RawBuilder,
  type SelectModifierNode,
  type SqliteDatabase,
  type SqliteStatement,
} from 'kysely';

/** Statements longer than this (many rows in one insert) are not worth keeping. */
const longestKept = 4096;
const mostKept = 200;

/**
 * Kysely on `node:sqlite`. Transactions begin `immediate`: one that reads before it writes would
 * otherwise fail with "database is locked" as soon as a second process writes, busy timeout or not.
 */
export function sqliteDialect(database: DatabaseSync): SqliteDialect {
  const kept = new Map<string, SqliteStatement>();
  const adapted: SqliteDatabase = {
    close: () => database.close(),
    prepare(sql) {
      const known = kept.get(sql);
      if (known !== undefined) return known;
      const statement = adapt(database.prepare(sql === 'begin' ? 'begin immediate' : sql));
      if (sql.length <= longestKept) {
        if (kept.size >= mostKept) kept.clear();
        kept.set(sql, statement);
      }
      return statement;
    },
  };
  return new OneWriterDialect({ database: adapted });
}

/** {@link import('./writes.ts').Write.clock} of SQLite. */
export const sqliteClock: RawBuilder<number> = sql<number>`unixepoch('subsec')`;

/** Who writes has the whole file: rows need no locks of their own, and SQLite knows none. */
class OneWriterDialect extends SqliteDialect {
  override createQueryCompiler(): SqliteQueryCompiler {
    return new LocklessCompiler();
  }
}

class LocklessCompiler extends SqliteQueryCompiler {
  protected override visitSelectModifier(node: SelectModifierNode): void {
    if (node.modifier !== 'ForUpdate' && node.modifier !== 'SkipLocked') super.visitSelectModifier(node);
  }
}

function adapt(statement: StatementSync): SqliteStatement {
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...(parameters as SQLInputValue[])),
    run: (parameters) => statement.run(...(parameters as SQLInputValue[])),
    iterate: (parameters) =>
      statement.iterate(...(parameters as SQLInputValue[])) as IterableIterator<unknown>,
  };
}
