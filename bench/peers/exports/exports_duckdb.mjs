// The daily table of an export with DuckDB, all cores: node exports_duckdb.mjs KIND DIR OUT.csv
// KIND.sql selects the samples (user_id, date, metric, source, value, low, high). The source is '' except for cumulative metrics, of
// which the source with the largest sum of the day counts, as in FastIngest.
import { DuckDBInstance } from '@duckdb/node-api';
import { readFileSync } from 'node:fs';

const [kind, dir, output] = process.argv.slice(2);
const quote = (text) => `'${text.replaceAll("'", "''")}'`;
const samples = readFileSync(new URL(`${kind}.sql`, import.meta.url), 'utf8').replaceAll('{dir}', dir.replaceAll("'", "''"));
const instance = await DuckDBInstance.create(':memory:', { preserve_insertion_order: 'false' });
const connection = await instance.connect();
await connection.run(`SET TimeZone = 'Europe/Berlin'`);
await connection.run(`
  COPY (
    WITH samples AS (${samples}),
    totals AS (
      SELECT user_id, date, metric, source, count(*) AS count, sum(value) AS sum, min(low) AS min, max(high) AS max
      FROM samples
      GROUP BY ALL
    )
    SELECT user_id, date, metric, count, sum, min, max
    FROM totals
    QUALIFY row_number() OVER (PARTITION BY user_id, date, metric ORDER BY sum DESC, source) = 1
  ) TO ${quote(output)} (FORMAT csv, HEADER false)`);
