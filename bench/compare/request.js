/** One HTTP request, with nothing added to it. */
import { request } from 'node:http'

/**
 * @param onData gets the text of each chunk as it arrives.
 * @returns status, media type, fields, text and its chunks; `isBroken` if the connection ended before the content.
 */
export function ask(url, { method = 'GET', headers = {}, content, onData } = {}) {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false }, (response) => {
      const chunks = []
      const finish = (isBroken) => {
        const type = response.headers['content-type']?.split(';')[0].trim().toLowerCase()
        resolve({
          status: response.statusCode,
          fields: response.headers,
          type,
          chunks,
          text: chunks.join(''),
          isBroken,
        })
      }
      response.setEncoding('utf8')
      response.on('data', (chunk) => {
        chunks.push(chunk)
        onData?.(chunk)
      })
      response.on('error', () => finish(true))
      response.on('end', () => finish(false))
    })
    sent.setTimeout(5_000, () => sent.destroy(new Error(`${method} ${url}: no response in 5 s`)))
    sent.on('error', (error) => {
      if (error.code !== 'ECONNRESET') return reject(error)
      resolve({ status: 0, fields: {}, type: undefined, chunks: [], text: '', isBroken: true })
    })
    sent.end(content)
  })
}
