/** Whether a record has no members. */
export function isEmpty(record: object): boolean {
  for (const _ in record) return false
  return true
}
