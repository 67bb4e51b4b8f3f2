import { runInDurableObject } from "cloudflare:test";

/** Counts what an object's statements write from now on, as they are billed. @returns how to read the count */
export async function countRows(stub: DurableObjectStub): Promise<() => number> {
  const cursors: { rowsWritten: number }[] = [];
  await runInDurableObject(stub, (_, { storage }) => {
    const { sql } = storage;
    const exec = sql.exec.bind(sql);
    const counted = (query: string, ...values: SqlStorageValue[]) => {
      const cursor = exec(query, ...values);
      cursors.push(cursor);
      return cursor;
    };
    Object.assign(sql, { exec: counted });
  });
  return () => cursors.reduce((sum, { rowsWritten }) => sum + rowsWritten, 0);
}
