/** Express: `res.format`, `express.json`, its own error handler and ETags. */
import express from 'express'
import { column } from '../column.js'
import { brokenStream, change, csv, report, state, stream } from '../data.js'

async function start() {
  const app = express()
  app.use(express.json())

  app.get('/report', (_request, response) => response.json(report))
  app.post('/report', (request, response) => response.status(201).json(change(request.body)))
  app.get('/plain', (_request, response) => response.json(report))
  app.post('/plain', (request, response) => response.status(201).json(change(request.body)))
  app.get('/chosen', (_request, response) =>
    response.format({
      'application/json': () => response.json(report),
      'text/csv': () => response.send(csv(report)),
    }),
  )
  app.get('/missing', () => {
    throw Object.assign(new Error('No such thing'), { status: 404 })
  })
  app.get('/stream', (_request, response) => response.send(stream()))
  app.get('/broken', (_request, response) => response.send(brokenStream()))
  app.post('/validated', (request, response) =>
    response.json({ ...request.body, ...request.query, secret: 1 }),
  )
  app.post('/standard', (request, response) => response.json(request.body))
  app.get('/tagged', (_request, response) => response.json(state))
  app.put('/tagged', (request, response) => response.json(change(request.body)))

  return new Promise((resolve) => {
    const server = app.listen(0, '127.0.0.1', () =>
      resolve({ url: `http://127.0.0.1:${server.address().port}`, app }),
    )
  })
}

await column({ title: 'Express', packages: ['express'], start })
