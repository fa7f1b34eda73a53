/** A renderer is a function from data to content. This one writes iCalendar. */
import { type RenderFunction, RestBlueprint } from 'mazurka'
import polka from 'polka'
import { serve } from '../serve.ts'
import { startPage } from '../start-page.ts'

interface Concert {
  readonly title: string
  readonly at: Date
}

const concerts: readonly Concert[] = [
  { title: 'Mazurkas, op. 17', at: new Date('2026-12-01T19:00:00Z') },
  { title: 'Nocturnes; encores', at: new Date('2026-12-08T19:00:00Z') },
]

/** RFC 5545: lines end in CRLF, and `\`, `;`, `,` are escaped. */
const calendar: RenderFunction<readonly Concert[]> = (data) => {
  const events = data.flatMap(({ title, at }, index) => [
    'BEGIN:VEVENT',
    `UID:${index + 1}@concerts.example`,
    `DTSTART:${at.toISOString().replace(/[-:]|\.\d+/g, '')}`,
    `SUMMARY:${title.replace(/[\\;,]/g, '\\$&')}`,
    'END:VEVENT',
  ])
  return [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//example//concerts//EN',
    ...events,
    'END:VCALENDAR',
    '',
  ].join('\r\n')
}

const api = new RestBlueprint('concerts')
api.outgoing.addMimetype('text/calendar')
api.contentRenderer.renders('text/calendar', calendar)

api.get('/concerts', function query() {
  return concerts
})

export const app = polka().use(startPage('custom-renderer'))
api.register(app)

if (process.argv[1] === import.meta.filename) serve('custom-renderer', app)
