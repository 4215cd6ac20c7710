// Job "samples" with DuckDB, all cores: node samples_duckdb.mjs IN.json OUT.csv
import { DuckDBInstance } from '@duckdb/node-api';

const [input, output] = process.argv.slice(2);
const quote = (text) => `'${text.replaceAll("'", "''")}'`;
const instance = await DuckDBInstance.create(':memory:', { preserve_insertion_order: 'false' });
const connection = await instance.connect();
await connection.run(`
  COPY (
    SELECT user_id, date_time[:10] AS date, count(*), sum(value), min(value), max(value)
    FROM read_json(${quote(input)}, format = 'array', columns = {user_id: 'VARCHAR', date_time: 'VARCHAR', value: 'DOUBLE'})
    GROUP BY ALL
  ) TO ${quote(output)} (FORMAT csv, HEADER false)`);
