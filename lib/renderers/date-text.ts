/** The text of a date in tables and pages, in ISO 8601; empty for an invalid date. */
export function dateText(date: Date): string {
  return Number.isNaN(date.getTime()) ? '' : date.toISOString()
}
