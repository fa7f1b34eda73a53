/** A parameter of a path template. Without imports: the client reads templates, too. */

/** `<int:id>`, `<id>` or `:id`: the converter, and the name as the second group or the third. Any letters are a name. */
export const PATH_PARAMETER =
  /<(?:([A-Za-z_]\w*(?:\([^()<>]*\))?):)?([\p{ID_Continue}]+)>|:([\p{ID_Continue}]+)/gu

/** The template of a path in the form of OpenAPI: `/users/{id}`. */
export function routeOf(path: string): string {
  return path.replace(PATH_PARAMETER, (_, _converter, bracketed, plain) => `{${bracketed ?? plain}}`)
}
