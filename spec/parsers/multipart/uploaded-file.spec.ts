/** A file that was sent: in memory or spooled, read, saved, gone. */
import { existsSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { UploadedFile } from '../../../lib/multipart.ts'
import { folder } from '../../support/form.ts'

const FACTS = { field: 'f', filename: 'f.txt', type: 'text/plain', size: 7 }

/** Another file system than that of temporary files, where there is one. */
const OTHER = '/dev/shm'
const hasOther = existsSync(OTHER) && statSync(OTHER).dev !== statSync(tmpdir()).dev

const inMemory = async () => ({ file: new UploadedFile(FACTS, Buffer.from('żółć')), spool: undefined })

const spooledIn = (parent: string) => async () => {
  const spool = join(folder(parent), 'spool')
  writeFileSync(spool, 'żółć', { mode: 0o600 })
  return { file: new UploadedFile(FACTS, spool), spool }
}

const KINDS = [
  ['in memory', inMemory],
  ['in a temporary file', spooledIn(tmpdir())],
  ...(hasOther ? [['on another device', spooledIn(OTHER)] as const] : []),
] as const

describe.each(KINDS)('an uploaded file %s', (_where, make) => {
  it('is read as stream, bytes and text, repeatedly', async () => {
    const { file } = await make()
    for (let round = 0; round < 2; round++) {
      expect(Buffer.concat(await file.stream().toArray()).toString()).toBe('żółć')
      expect(await file.bytes()).toEqual(Buffer.from('żółć'))
      expect(await file.text()).toBe('żółć')
    }
  })

  it('is saved for the owner only, and is no longer temporary', async () => {
    const { file, spool } = await make()
    const target = folder()
    await file.saveTo(join(target, 'a'))
    expect(spool && existsSync(spool)).toBeFalsy()
    await file.saveTo(join(target, 'b'))
    await file.discard()
    for (const name of ['a', 'b']) {
      expect(readFileSync(join(target, name), 'utf8')).toBe('żółć')
      expect(statSync(join(target, name)).mode & 0o777).toBe(0o600)
    }
    expect(readdirSync(target)).toEqual(['a', 'b'])
  })

  it('replaces the file at the path, but not the target of a link', async () => {
    const { file } = await make()
    const target = folder()
    writeFileSync(join(target, 'precious'), 'precious')
    symlinkSync(join(target, 'precious'), join(target, 'link'))
    await file.saveTo(join(target, 'link'))
    expect(readFileSync(join(target, 'link'), 'utf8')).toBe('żółć')
    expect(readFileSync(join(target, 'precious'), 'utf8')).toBe('precious')
  })

  it('is kept when it cannot be saved, without leftover files', async () => {
    const { file } = await make()
    const target = folder()
    await expect(file.saveTo(join(target, 'missing', 'a'))).rejects.toThrow('ENOENT')
    await expect(file.saveTo(target)).rejects.toThrow()
    expect(readdirSync(target)).toEqual([])
    expect(await file.text()).toBe('żółć')
    await file.saveTo(join(target, 'a'))
    expect(readdirSync(target)).toEqual(['a'])
  })

  it('is removed by discard, which can be called twice', async () => {
    const { file, spool } = await make()
    await file.discard()
    await file[Symbol.asyncDispose]()
    expect(spool && existsSync(spool)).toBeFalsy()
    expect(() => file.stream()).toThrow("The file of 'f' was discarded")
    await expect(file.text()).rejects.toThrow('discarded')
    await expect(file.saveTo('/anywhere')).rejects.toThrow('discarded')
  })

  it('is saved before it is discarded', async () => {
    const { file } = await make()
    const path = join(folder(), 'a')
    await Promise.all([file.saveTo(path), file.discard()])
    expect(readFileSync(path, 'utf8')).toBe('żółć')
  })
})
