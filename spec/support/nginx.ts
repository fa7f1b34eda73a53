/**
 * A real nginx in front of a port, with the configuration of an example.
 *
 *     sudo apt-get install nginx-light        the spec starts an nginx of its own on free ports
 *
 * Without `nginx` such specs are skipped with a warning; with CI=true they fail.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from 'node:http'
import { Agent, request as requestHttps } from 'node:https'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.ts'

const hasNginx = spawnSync('nginx', ['-v']).status === 0

/** Whether specs with nginx have to be skipped, with a warning. @throws on CI, where nginx has to be there. */
export function isNginxMissing(): boolean {
  if (hasNginx) return false
  if (process.env.CI) throw new Error('nginx is missing, and no request has passed it')
  console.warn('nginx is missing: no request has passed it (apt-get install nginx-light)')
  return true
}

/** The name in the certificate. */
const HOST = 'api.example.org'

export interface NginxRequest {
  readonly fields?: Readonly<Record<string, string>>
  readonly content?: string | Uint8Array
  /** The address of the client: one of 127.0.0.0/8. */
  readonly from?: string
}

export interface NginxResponse {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

export class Nginx {
  readonly #child: ChildProcess
  readonly #folder: string
  readonly #port: number
  readonly #plainPort: number
  readonly #agent: Agent

  private constructor(child: ChildProcess, folder: string, port: number, plainPort: number) {
    this.#child = child
    this.#folder = folder
    this.#port = port
    this.#plainPort = plainPort
    this.#agent = new Agent({ ca: readFileSync(join(folder, 'api.pem')), servername: HOST })
  }

  /**
   * Starts nginx with a file of `/etc/nginx/conf.d`. Only its ports and the paths of its certificate are replaced.
   *
   * @param upstream the port in place of 127.0.0.1:3000.
   */
  static async start(file: string, upstream: number): Promise<Nginx> {
    const folder = mkdtempSync(join(tmpdir(), 'nginx-'))
    createCertificate(folder)
    const [port, plainPort] = [await freePort(), await freePort()]
    const site = replaceOnce(readFileSync(file, 'utf8'), {
      'listen 80;': `listen 127.0.0.1:${plainPort};`,
      'listen 443 ssl': `listen 127.0.0.1:${port} ssl`,
      'server 127.0.0.1:3000;': `server 127.0.0.1:${upstream};`,
      '/etc/ssl/certs/api.pem': join(folder, 'api.pem'),
      '/etc/ssl/private/api.key': join(folder, 'api.key'),
    })
    writeFileSync(join(folder, 'site.conf'), site)
    writeFileSync(join(folder, 'nginx.conf'), mainConfiguration(folder))
    const child = spawn('nginx', ['-p', folder, '-c', 'nginx.conf', '-e', 'stderr'], {
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    for (const one of [port, plainPort]) await untilOpen(one, child)
    return new Nginx(child, folder, port, plainPort)
  }

  /** A response whose content is not read yet. `POST /pets`; a line without a method is a GET. */
  async open(line: string, request: NginxRequest = {}): Promise<IncomingMessage> {
    const sent = this.begin(line, request)
    sent.end(request.content)
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    return response
  }

  /** A request whose content is still to be written. */
  begin(line: string, { fields = {}, from = '127.0.0.1', content }: NginxRequest = {}) {
    const [path = '/', method = 'GET'] = line.split(' ').reverse()
    const length = content === undefined ? {} : { 'content-length': String(Buffer.byteLength(content)) }
    const headers = { host: HOST, ...length, ...fields }
    const target = { host: '127.0.0.1', port: this.#port, localAddress: from, agent: this.#agent }
    const sent = requestHttps({ ...target, method, path, headers })
    sent.on('error', () => undefined) // a refusal may come before all content is sent
    return sent
  }

  /** A response with its content. */
  async ask(line: string, request?: NginxRequest): Promise<NginxResponse> {
    return read(await this.open(line, request))
  }

  /** A response to a request without TLS. */
  async askPlain(path: string): Promise<NginxResponse> {
    const sent = requestHttp({
      host: '127.0.0.1',
      port: this.#plainPort,
      path,
      headers: { host: HOST },
    }).end()
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    return read(response)
  }

  async stop(): Promise<void> {
    const exit = once(this.#child, 'exit')
    this.#child.kill('SIGTERM')
    await exit
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

/** The content of a response, and what stands around it. */
export async function read(response: IncomingMessage): Promise<NginxResponse> {
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk)
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    text: Buffer.concat(chunks).toString(),
  }
}

function createCertificate(folder: string): void {
  const files = ['-keyout', join(folder, 'api.key'), '-out', join(folder, 'api.pem')]
  const name = ['-subj', `/CN=${HOST}`, '-addext', `subjectAltName=DNS:${HOST}`]
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const { status, stderr } = spawnSync('openssl', ['req', '-x509', ...curve, '-days', '2', ...name, ...files])
  if (status !== 0) throw new Error(`openssl has made no certificate: ${stderr}`)
}

/** @throws for a text that does not occur exactly once. */
function replaceOnce(text: string, replacements: Readonly<Record<string, string>>): string {
  let replaced = text
  for (const [from, to] of Object.entries(replacements)) {
    const parts = replaced.split(from)
    if (parts.length !== 2) throw new Error(`'${from}' has to occur once, not ${parts.length - 1} times`)
    replaced = parts.join(to)
  }
  return replaced
}

/** What a distribution has around the files of `conf.d`, in one folder. */
function mainConfiguration(folder: string): string {
  const parts = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  mkdirSync(join(folder, 'temp'))
  return [
    process.getuid?.() === 0 ? 'user root;' : '', // the folder is this user's
    'daemon off;',
    'worker_processes 1;',
    'pid nginx.pid;',
    'error_log stderr crit;',
    'events { worker_connections 256; }',
    'http {',
    'access_log off;',
    ...parts.map((part) => `${part}_temp_path temp/${part};`),
    'include site.conf;',
    '}',
  ].join('\n')
}

/** Resolves when a port accepts connections. @throws when the process has ended. */
async function untilOpen(port: number, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error('nginx has ended')
    const socket = connect(port, '127.0.0.1')
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    })
    socket.destroy()
    if (isOpen) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
