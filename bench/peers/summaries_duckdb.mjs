// Job "summaries" with DuckDB, all cores: node summaries_duckdb.mjs DIR OUT.duckdb
import { DuckDBInstance } from '@duckdb/node-api';
import { readFileSync, rmSync } from 'node:fs';

const [dir, output] = process.argv.slice(2);
rmSync(output, { force: true });
rmSync(`${output}.wal`, { force: true });
const sql = readFileSync(new URL('summaries.sql', import.meta.url), 'utf8').replaceAll('{dir}', dir.replaceAll("'", "''"));
const instance = await DuckDBInstance.create(output);
const connection = await instance.connect();
await connection.run(sql);
await connection.run('CHECKPOINT');
connection.closeSync();
instance.closeSync();
