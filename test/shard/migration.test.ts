import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { makeKey } from "../../src/percolator/index-entry.ts";
import { migrate, VERSIONS, type Version } from "../../src/shard/tables.ts";
import { shard } from "../alerts/support.ts";

let shards = 500;
/** Lends the storage of a new shard, whose constructor has made its tables. */
const inNewShard = (use: (storage: DurableObjectStorage) => void): Promise<void> =>
  runInDurableObject(shard(++shards), (_, { storage }) => use(storage));

const versionOf = ({ sql }: DurableObjectStorage) => sql.exec("SELECT number FROM version").toArray();
const tablesOf = ({ sql }: DurableObjectStorage) =>
  sql.exec("SELECT name FROM sqlite_schema WHERE name LIKE 'new_%' ORDER BY name").toArray();
const NEXT: Version = ["CREATE TABLE new_one (x INTEGER)", "INSERT INTO new_one VALUES (1)"];

describe("the tables of a shard", () => {
  it("have the version of the code, and one row of state with a key of its own", () =>
    inNewShard((storage) => {
      expect(versionOf(storage)).toEqual([{ number: VERSIONS.length }]);
      const state = storage.sql.exec<{ cursor: number; key: number }>(
        "SELECT cursor, length(entry_key) AS key FROM state",
      );
      expect(state.one()).toEqual({ cursor: 0, key: makeKey().byteLength });
    }));

  it("get each version once, in order, and keep what is in them", () =>
    inNewShard((storage) => {
      storage.sql.exec("UPDATE state SET cursor = 7");
      const more: Version = ["ALTER TABLE new_one ADD COLUMN y INTEGER DEFAULT 2"];
      migrate(storage, {}, [...VERSIONS, NEXT]);
      migrate(storage, {}, [...VERSIONS, NEXT, more]);
      migrate(storage, {}, [...VERSIONS, NEXT, more]);
      expect(storage.sql.exec("SELECT x, y FROM new_one").toArray()).toEqual([{ x: 1, y: 2 }]);
      expect(storage.sql.exec("SELECT cursor FROM state").toArray()).toEqual([{ cursor: 7 }]);
      expect(versionOf(storage)).toEqual([{ number: VERSIONS.length + 2 }]);
    }));

  it("stay as they are if a version fails", () =>
    inNewShard((storage) => {
      const before = versionOf(storage);
      expect(() => migrate(storage, {}, [...VERSIONS, NEXT, ["INSERT INTO nowhere VALUES (1)"]])).toThrow(/nowhere/);
      expect(versionOf(storage)).toEqual(before);
      expect(tablesOf(storage)).toEqual([]);
      migrate(storage, {}, [...VERSIONS, NEXT]);
      expect(tablesOf(storage)).toEqual([{ name: "new_one" }]);
    }));

  it("are refused if they are of a newer version than the code knows", () =>
    inNewShard((storage) => {
      migrate(storage, {}, [...VERSIONS, NEXT]);
      expect(() => migrate(storage)).toThrow(/the tables have version 2, and this code knows 1: deploy newer code/);
      expect(versionOf(storage)).toEqual([{ number: 2 }]);
    }));
});
