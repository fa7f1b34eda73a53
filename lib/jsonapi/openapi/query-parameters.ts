/** The parameters in the query of a request: inclusions, field sets, order, filters and pages. */
import type { JsonSchema } from '../../schema/json-schema.ts'
import type { ServedApi } from '../manager/served-api.ts'
import { codecOf } from '../model/codec.ts'
import { isSortable } from '../query/sort.ts'
import type { Attribute, Resource } from '../resource/resource.ts'
import { isSharedAttribute } from '../resource/shared-field.ts'
import { reachable } from './document-schema.ts'
import { type DocumentView, readable, withSubtypes } from './document-view.ts'
import { filterable, filterableRelationships, filterSchema } from './filter-schema.ts'

/** More paths than these are not listed. */
const MAX_PATHS = 100

/** `include` and `fields[TYPE]`, of any request. */
export function shapeParameters(
  view: DocumentView,
  resource: Resource,
  depth: number,
): readonly JsonSchema[] {
  return view.parameters([resource], depth, () => newShapeParameters(view, resource, depth))
}

function newShapeParameters(view: DocumentView, resource: Resource, depth: number): JsonSchema[] {
  const paths = includePaths(view, resource, depth)
  const include = listParameter(
    'include',
    paths.length > MAX_PATHS ? { type: 'string' } : { type: 'string', enum: paths },
    `Paths of relationships whose resources are included, of at most ${depth} steps.`,
  )
  const owners = [...new Set([...withSubtypes(resource), ...reachable(view, resource, depth)])]
  return [
    ...(paths.length > 0 ? [view.parameter(`${resource.type}.${depth}`, include)] : []),
    ...[...new Map(owners.map((one) => [one.type, one])).values()].flatMap((one) =>
      view.parameters([one], 'fields', () => [fieldsParameter(view, one)]),
    ),
  ]
}

/** Of a list: order, filters and pages. */
export function listParameters(
  view: DocumentView,
  api: ServedApi,
  resource: Resource,
): readonly JsonSchema[] {
  return view.parameters([api.resource, resource], 'list', () => newListParameters(view, api, resource))
}

function newListParameters(view: DocumentView, api: ServedApi, resource: Resource): JsonSchema[] {
  const shown = view.shown(resource)
  const { type } = resource
  const parameter = (one: Parameters<DocumentView['parameter']>[1]): JsonSchema => view.parameter(type, one)
  const filters = filterable(shown, api.dialect).map((one) => parameter(filterParameter(one)))
  const related = filterableRelationships(shown).map(({ name }) =>
    parameter(listParameter(`filter[${name}]`, { type: 'string' }, `Ids of related resources: one of them.`)),
  )
  return [
    parameter(listParameter('sort', { type: 'string', enum: sortKeys(view, shown) }, SORT)),
    view.parameter('', flag('ignorecase', 'Whether texts are sorted without regard to case.')),
    ...filters,
    ...related,
    parameter({
      name: 'filter[objects]',
      description: 'Filters, all of which have to be met.',
      content: {
        'application/json': {
          schema: view.builder.schemas.inVersion({
            type: 'array',
            items: filterSchema(view, resource, api.dialect),
          }),
        },
      },
    }),
    view.parameter(
      '',
      flag('filter[single]', 'Whether the only resource is answered: 404 for another number.'),
    ),
    ...pageParameters(view, api),
  ]
}

const SORT =
  'Fields, the first one first; with a hyphen in descending order. To-one relationships may be followed further.'

/** `functions` of an evaluation. */
export function functionsParameter(view: DocumentView, api: ServedApi, resource: Resource): JsonSchema {
  const shown = view.shown(resource)
  const names = ['count', 'sum', 'avg', 'min', 'max', ...Object.keys(api.options.functions ?? {})]
  const fields = ['id', ...filterable(shown, api.dialect).map(({ name }) => name)]
  const item = {
    type: 'object',
    properties: { name: { type: 'string', enum: names }, field: { type: 'string', enum: fields } },
    required: ['name', 'field'],
  }
  return view.parameter(resource.type, {
    name: 'functions',
    required: true,
    content: {
      'application/json': { schema: view.builder.schemas.inVersion({ type: 'array', items: item }) },
    },
  })
}

function pageParameters(view: DocumentView, { pageSize, maxPageSize }: ServedApi): JsonSchema[] {
  const size = {
    type: 'integer',
    minimum: maxPageSize === 0 ? 0 : 1,
    ...(maxPageSize === 0 ? {} : { maximum: maxPageSize }),
    ...(pageSize === 0 ? {} : { default: maxPageSize === 0 ? pageSize : Math.min(pageSize, maxPageSize) }),
  }
  const page = (member: string, schema: JsonSchema, description: string): JsonSchema =>
    view.parameter('', { name: `page[${member}]`, description, schema })
  return [
    page('number', { type: 'integer', minimum: 1 }, 'Number of the page, from 1.'),
    page('size', size, 'Resources of a page.'),
    page('after', { type: 'string' }, 'Cursor before the page, without a number.'),
    page('before', { type: 'string' }, 'Cursor after the page, without a number.'),
  ]
}

function fieldsParameter(view: DocumentView, resource: Resource): JsonSchema {
  const { attributes, relationships } = view.shown(resource)
  const names = [...attributes.values(), ...relationships.values()]
    .filter(({ isReadable }) => isReadable)
    .map(({ name }) => name)
  const items = names.length > 0 ? { type: 'string', enum: names } : { type: 'string' }
  return view.parameter('', listParameter(`fields[${resource.type}]`, items, 'Fields to show of this type.'))
}

/** A list of values of the attribute, one of which it equals. */
function filterParameter({ name, type, proxy }: Attribute): JsonSchema & { readonly name: string } {
  const compared = proxy?.attribute.type ?? type
  return listParameter(`filter[${name}]`, codecOf(compared).schema(compared), 'Values, one of which it has.')
}

function sortKeys(view: DocumentView, resource: Resource): readonly string[] {
  const own = ['id', ...sortable(resource)]
  const related = filterableRelationships(resource)
    .filter(({ isMany }) => !isMany)
    .flatMap(({ name, target }) => ['id', ...sortable(view.shown(target))].map((key) => `${name}.${key}`))
  return [...own, ...related].flatMap((key) => [key, `-${key}`])
}

function sortable(resource: Resource): readonly string[] {
  return [...resource.attributes.values()]
    .filter((one) => one.isReadable && isSharedAttribute(resource, one) && isSortable(one))
    .map(({ name }) => name)
}

/** The paths of relationships, the short ones first. */
function includePaths(view: DocumentView, resource: Resource, depth: number): readonly string[] {
  const paths: string[] = []
  let level: readonly (readonly [path: string, resource: Resource])[] = [['', view.shown(resource)]]
  for (let step = 0; step < depth && paths.length <= MAX_PATHS; step++) {
    level = level.flatMap(([path, owner]) =>
      readable(owner).map(({ name, target }) => [`${path}${name}`, target] as const),
    )
    paths.push(...level.map(([path]) => path))
    level = level.map(([path, target]) => [`${path}.`, view.shown(target)])
  }
  return paths
}

function listParameter(
  name: string,
  items: JsonSchema,
  description: string,
): JsonSchema & { readonly name: string } {
  return { name, description, style: 'form', explode: false, schema: { type: 'array', items } }
}

function flag(name: string, description: string): JsonSchema & { readonly name: string } {
  return { name, description, schema: { type: 'integer', enum: [0, 1] } }
}
