// PostgreSQL with pgvector, compiled to WebAssembly (PGlite), as a server on a free port of the loopback interface. It has one
// backend, which its connections share, and keeps nothing. The first line of its output ends with the port.
import { PGlite } from '@electric-sql/pglite'
import { vector } from '@electric-sql/pglite-pgvector'
import { PGLiteSocketServer } from '@electric-sql/pglite-socket'

const db = await PGlite.create({ extensions: { vector } })
const server = new PGLiteSocketServer({ db, host: '127.0.0.1', port: 0, maxConnections: 4 })
await server.start()
console.log(`listening on ${server.getServerConn()}`)
