/** A class that a mixin can extend. */
// biome-ignore lint/suspicious/noExplicitAny: TypeScript asks mixin constructors to take any[]
export type Constructor<T> = new (...parameters: any[]) => T
