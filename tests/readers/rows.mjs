// Prints the rows of a file as JSON, one array a row: node rows.mjs duckdb|arrow|hyparquet FILE.
// Days are YYYY-MM-DD, times are ISO 8601 without a zone, whole numbers are numbers.
import fs from 'node:fs';

const [reader, file] = process.argv.slice(2);

const day = (ms) => new Date(Number(ms)).toISOString().slice(0, 10);
const time = (micros) => new Date(Number(micros / 1000n)).toISOString().slice(0, 19) + (micros % 1000000n ? '.' + String(micros % 1000000n).padStart(6, '0') : '');
const plain = (value) => (typeof value === 'bigint' ? Number(value) : value ?? null);

async function duckdb() {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const source = file.endsWith('.csv')
    ? `read_csv('${file}', header = true, all_varchar = true, null_padding = false, max_line_size = 20000000, buffer_size = 80000000, parallel = false)`
    : `read_parquet('${file}')`;
  const types = (await connection.runAndReadAll(`SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM ${source})`)).getRows();
  const columns = types.map(([name, type]) =>
    type === 'DATE' ? `strftime("${name}", '%Y-%m-%d')` : type === 'TIMESTAMP' ? `epoch_us("${name}")` : `"${name}"`);
  const rows = (await connection.runAndReadAll(`SELECT ${columns.join(', ')} FROM ${source}`)).getRows();
  return rows.map((row) => row.map((value, i) => (types[i][1] === 'TIMESTAMP' && value !== null ? time(value) : plain(value))));
}

async function arrow() {
  const { tableFromIPC, Type } = await import('apache-arrow');
  const table = tableFromIPC(fs.readFileSync(file));
  const columns = table.schema.fields.map((field, i) => [field.type, table.getChildAt(i)]);
  return Array.from({ length: table.numRows }, (_, row) =>
    columns.map(([type, column]) => {
      const value = column.get(row);
      if (value === null || type.typeId !== Type.Date && type.typeId !== Type.Timestamp) return plain(value);
      return type.typeId === Type.Date ? day(value) : new Date(Number(value)).toISOString().slice(0, 19);
    }));
}

async function hyparquet() {
  const { asyncBufferFromFile, parquetReadObjects } = await import('hyparquet');
  const { compressors } = await import('hyparquet-compressors');
  const rows = await parquetReadObjects({ file: await asyncBufferFromFile(file), compressors });
  return rows.map((row) => Object.values(row).map((value) => (value instanceof Date ? day(value) : plain(value))));
}

for (const row of await { duckdb, arrow, hyparquet }[reader]()) {
  process.stdout.write(JSON.stringify(row) + '\n');
}
