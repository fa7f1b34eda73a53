/** Sets a member of a request, also below a framework that has a getter for it, as Express 5 has for `query`. */
export function setMember<T extends object, K extends keyof T>(request: T, name: K, value: T[K]): void {
  try {
    request[name] = value
  } catch {
    Object.defineProperty(request, name, { value, configurable: true, enumerable: true, writable: true })
  }
}
