/** Pets and their photos in SQLite: a file in a fresh folder, with three pets to start from. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'libsql'

export interface Pet {
  readonly id: number
  readonly name: string
  readonly species: string
  readonly status: 'available' | 'pending' | 'sold'
}

export interface Photo {
  /** A media type. */
  readonly type: string
  readonly content: Buffer
}

const folder = mkdtempSync(join(tmpdir(), 'petstore-'))
const db = new Database(join(folder, 'pets.db'))

process.once('exit', () => {
  db.close()
  rmSync(folder, { recursive: true, force: true })
})

db.exec(`
  pragma foreign_keys = on;
  create table pets (
    id integer primary key autoincrement,
    name text not null,
    species text not null,
    status text not null
  );
  create index pets_by_status on pets (status);
  create table photos (
    pet integer primary key references pets (id) on delete cascade,
    type text not null,
    content blob not null
  );
  insert into pets (name, species, status) values
    ('Burek', 'dog', 'available'), ('Filemon', 'cat', 'sold'), ('Ara', 'parrot', 'available');
`)

// what a client sends is a value of a statement, never a part of its text
// all(), for get() adds a member of its own to the row, with a time in it: no two reads would have one tag
const counted = db.prepare('select count(*) as count from pets where :status is null or status = :status')
const listed = db.prepare(
  'select * from pets where :status is null or status = :status order by id limit :limit offset :offset',
)
const shown = db.prepare('select * from pets where id = ?')
const added = db.prepare('insert into pets (name, species, status) values (?, ?, ?) returning *')
const changed = db.prepare('update pets set name = ?, species = ?, status = ? where id = ? returning *')
const removed = db.prepare('delete from pets where id = ?')
const photographed = db.prepare('insert or replace into photos (pet, type, content) values (?, ?, ?)')
const photo = db.prepare('select type, content from photos where pet = ?')

export const store = {
  count(status: Pet['status'] | undefined): number {
    return (counted.all({ status: status ?? null }) as { count: number }[])[0]?.count ?? 0
  },
  list(status: Pet['status'] | undefined, limit: number, offset: number): Pet[] {
    return listed.all({ status: status ?? null, limit, offset }) as Pet[]
  },
  get(id: number): Pet | undefined {
    return (shown.all(id) as Pet[])[0]
  },
  add({ name, species, status }: Omit<Pet, 'id'>): Pet {
    return added.all(name, species, status)[0] as Pet
  },
  set(id: number, { name, species, status }: Omit<Pet, 'id'>): Pet {
    return changed.all(name, species, status, id)[0] as Pet
  },
  remove(id: number): void {
    removed.run(id)
  },
  photo(id: number): Photo | undefined {
    return (photo.all(id) as Photo[])[0]
  },
  setPhoto(id: number, { type, content }: Photo): void {
    photographed.run(id, type, content)
  },
}
