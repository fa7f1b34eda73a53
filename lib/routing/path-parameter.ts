/** A parameter of a path template. Without imports: the client reads templates, too. */

/** `<int:id>`, `<id>` or `:id`: groups `converter`, and `name` or `plain`. */
export const PATH_PARAMETER =
  /<(?:(?<converter>[A-Za-z_]\w*(?:\([^()<>]*\))?):)?(?<name>\w+)>|:(?<plain>\w+)/g
