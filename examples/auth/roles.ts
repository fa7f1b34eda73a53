/** `request.user`, with its type: the account of an identity, and the role that an endpoint needs. */
import { type Blueprint, type Constructor, type Endpoint, type EndpointOptions, Forbidden } from 'mazurka'

export interface Account {
  readonly name: string
  readonly role: string
}

export interface RoleOptions extends EndpointOptions {
  /** The role of `request.user`; another one is a 403. */
  readonly role?: string
}

export interface RoleMixin {
  readonly '~options': RoleOptions
}

declare module 'mazurka' {
  interface BlueprintOptions {
    /** Finds the account of an identity. */
    readonly accountOf?: (identity: unknown) => Account | undefined | Promise<Account | undefined>
  }
  interface Provides<P extends string, O> {
    readonly roles: O extends { readonly role: string }
      ? { readonly user: Account }
      : { readonly '~roles'?: P }
  }
}

export function Roles<T extends Constructor<Blueprint>>(Base: T): T & Constructor<RoleMixin> {
  return class RolesBlueprint extends Base implements RoleMixin {
    declare readonly '~options': RoleOptions

    protected override prepare(endpoint: Endpoint<RoleOptions>): void {
      super.prepare(endpoint)
      endpoint.mixin('Roles', ['role'], ['accountOf'])
      const { role } = endpoint.options
      const { accountOf } = this.settings
      if (role === undefined) return
      if (!accountOf || !endpoint.nearest('security'))
        throw new TypeError(
          `'${endpoint.name}' has a role: it needs 'security', and its blueprint 'accountOf'`,
        )
      endpoint.documented.push({ errors: { 403: {} } })
      endpoint.on('authorize/checkRole', async function checkRole({ request }) {
        const user = await accountOf((request as { readonly identity?: unknown }).identity)
        if (user?.role !== role) throw new Forbidden(`Only for the role ${role}`)
        Object.assign(request, { user })
      })
    }
  }
}
