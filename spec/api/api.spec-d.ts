/** Types of an Api's options. Nothing here runs: `tsc --noEmit` checks it. */
import { Api } from 'mazurka/api'
import polka from 'polka'
import { it } from 'vitest'

it('needs a title and a version with an app; without one, init may give them', () => {
  const [title, version] = ['Pets', '1.0.0']
  new Api(polka(), { title, version })
  new Api(undefined, { title }).init(polka(), { version })
  new Api().init(polka(), { title, version })
  // @ts-expect-error no version
  new Api(polka(), { title })
  // @ts-expect-error no options
  new Api(polka())
})
