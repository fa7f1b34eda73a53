/**
 * The normative statements of JSON:API 1.1, in the order of the specification's own list, in our words.
 *
 * Where the list still has a rule of 1.0 (parameters of the media type) the wording is that of the text of 1.1. A spec
 * shows a statement by its number in its name: `… (JA-42)`.
 */

export interface Statement {
  readonly number: number
  readonly section: string
  readonly level: 'MUST' | 'SHOULD' | 'MAY' | 'RECOMMENDED'
  readonly text: string
  /** Why no spec shows it. */
  readonly reason: string | undefined
}

/** Reasons by the mark at the end of a line. */
const REASONS: Readonly<Record<string, string>> = {
  client: 'for clients',
  reserved: 'a promise of the specification for its later versions',
  complete: 'a request is complete when it is answered: 202 is never sent',
  unused: 'an allowance of which no use is made',
  exact: 'an update of a relationship changes it as the request says, and in no other way',
}

/** A section, then a line per statement: level, text, the mark of the reason where no spec can show it. */
const LIST = `
# Content Negotiation
MUST    Request documents have the JSON:API media type, with no parameters but ext and profile =client
MUST    Accept has the media type with no parameters but ext and profile, where it has it =client
MUST    Parameters of a response's media type that are not known are ignored =client
MUST    Response documents have the media type application/vnd.api+json with no parameters but ext and profile
MUST    Another parameter in Content-Type, or an extension that is not supported, is a 415
MUST    An Accept all of whose instances of the media type have other parameters, or unsupported extensions, is a 406
# Document Structure
MUST    Objects have no members beside those that the specification, an extension or a profile defines
MUST    Members that are not known are ignored
MUST    The root of a document is an object
MUST    A document has data, errors or meta
MUST    A document has not both data and errors
MAY     A document has jsonapi, links and included
MUST    There is no included without data
MAY     The top-level links have self, related and pagination
MUST    Primary data is one resource, one identifier or null; of a collection a list of either
MUST    A collection is a list, with one member or none too
MUST    A resource object has type and id; without id only where a client creates it
MUST    A resource object has attributes, relationships, links and meta, and nothing else
MUST    Every resource object has an id and a type
MUST    Type and id are strings
MUST    A type and an id together name one resource
MUST    A type is spelled by the rules of member names
MUST    Attributes and relationships share one namespace with type and id
MUST    Attributes are an object
MUST    Objects within attributes keep the members relationships and links free =reserved
SHOULD  Foreign keys are no attributes
MUST    Relationships are an object
MUST    A relationship object has links, data or meta
MAY     A to-many relationship has pagination links
MUST    A related link is a valid URL, also of an empty relationship
MUST    A related link stays the same when the relationship's content changes
MUST    Linkage is null, an empty list, an identifier or a list of identifiers
MAY     The links of a resource have self
MUST    GET of a self link answers that resource as primary data
MUST    An identifier has type and id
MAY     An identifier has meta
MAY     A response includes related resources
MUST    Included resources are a list in the top-level member included
MUST    Every included resource is linked to from within the document, unless a sparse fieldset hides the linkage
MUST    A document has no two resource objects of one type and id
MUST    Meta is an object
MAY     Meta has any members
MUST    Links are an object
MUST    A link is a URL, a link object or null
MAY     A document tells about its implementation in jsonapi
MUST    The member jsonapi is an object
MAY     It has the highest version that is supported
MAY     It has meta =unused
MUST    Names of members are case-sensitive
MUST    A name has at least one character
MUST    A name has only characters that are allowed
MUST    A name begins and ends with a letter, a digit or a character beyond ASCII
RECOMMENDED Names have only characters that a URL need not encode
MAY     Letters, digits and characters beyond ASCII are allowed anywhere
MUST    Reserved characters are in no name
MAY     A name begins with @
MAY     Members with @ are anywhere in a document
MUST    Members with @ are ignored
MUST    Members with @ do not count in any other rule
# Fetching Data
MUST    Every self link and related link can be fetched
MUST    A resource or a collection that is found is a 200
MUST    A collection is answered as a list of resources, or an empty list
MUST    A resource is answered as an object, or null where the URL may have a resource but has none
MUST    A resource that does not exist is a 404
MAY     Other statuses are possible for reading
MAY     Errors of reading have details
MUST    Responses to reading follow HTTP
MUST    Every self link of a relationship can be fetched
MUST    A relationship that is found is a 200
MUST    The primary data of a relationship is its linkage
MAY     The links of a relationship's document have self and related
MUST    A relationship that does not exist is a 404
MUST    An empty relationship is a 200
MAY     Other statuses are possible for relationships
MAY     Errors of relationships have details
MUST    Responses to the fetching of relationships follow HTTP
MAY     Related resources are included by default
MAY     The parameter include chooses the resources that are included
MUST    With include nothing else is included
MUST    The value of include is a list of paths, separated by commas; a path is names separated by dots
MUST    A path of include that is not known or not supported is a 400
MAY     The parameter fields[TYPE] chooses the fields that are shown
MUST    The value of fields is a list of names, separated by commas; empty shows no field
MUST    With fields no other fields are shown
MAY     Collections can be sorted
MAY     The parameter sort orders the primary data
MUST    The value of sort is sort fields
MUST    Several sort fields are separated by commas
SHOULD  Sort fields apply in their order
MUST    A sort field is ascending, with a minus descending
MUST    A sort that is not supported is a 400
MUST    The data are in the order that sort names
MAY     Without sort there is a default order
MAY     A response is limited to a page
MAY     A page has links to others
MUST    Pagination links are in the links object of their collection
MUST    Pagination links are first, last, prev and next
MUST    A pagination link that is not available is null or absent
MUST    The order of pages is that of the sort
SHOULD  The parameter page is for pagination
SHOULD  The parameter filter is for filters
# Creating, Updating and Deleting Resources
MAY     Resources can be created
MAY     Resources can be updated and deleted
MUST    A request succeeds or fails as a whole
MUST    A request to create has one resource object as primary data
MUST    It has a type
MUST    Its relationships have data
MAY     Ids of clients are accepted
MUST    Such an id is in the member id, and unique
SHOULD  Such an id is a UUID =client
MUST    An id of a client that is not supported is a 403
MUST    A resource created without an id of the client is a 201
SHOULD  The 201 has a Location
MUST    The 201 has the resource that was created
MUST    The self link of the resource equals the Location
MUST    A creation that is not complete is a 202 =complete
MUST    A resource created with an id of the client is a 201 with a document, or a 204 without
MAY     A creation that is not supported is a 403
MAY     A related resource that does not exist is a 404, in a creation
MUST    An id that exists already is a 409
MUST    A type that is not of the collection is a 409
SHOULD  The 409 of a creation has details of the conflict
MAY     Other statuses are possible for creations
MAY     Errors of creations have details
MUST    Responses to creations follow HTTP
MUST    A PATCH has one resource object as primary data
MUST    It has type and id
MAY     It has any of the attributes
MUST    Attributes that it lacks keep their values
MAY     It has any of the relationships
MUST    Relationships that it lacks keep their values
MUST    Its relationships have data
MAY     A replacement of a to-many relationship is refused
MUST    Then the whole update is refused, with a 403
MUST    An update that is not complete is a 202 =complete
MUST    An update that changes more than the request says is a 200
MUST    Its document is that of a GET of the URL
MUST    An update that is answered by meta alone is a 200 =unused
MUST    Then the document has no representation of the resource =unused
MUST    An update that changes nothing else is a 200 with a document, or a 204
MUST    An update that is not supported is a 403
MUST    An update of a resource that does not exist is a 404
MUST    A related resource that does not exist is a 404, in an update
MAY     An update that violates a constraint is a 409
MUST    A type or an id that is not that of the URL is a 409
SHOULD  The 409 of an update has details of the conflict
SHOULD  The details name the source of the conflict
MAY     Other statuses are possible for updates
MAY     Errors of updates have details
MAY     Errors of updates have details of any kind
MUST    Responses to updates follow HTTP
MUST    PATCH of a to-one relationship URL is answered
MUST    Its data is an identifier, or null to remove the relationship
MUST    A successful update of a to-one relationship is a success
MUST    PATCH, POST and DELETE of a to-many relationship URL are answered
MUST    Their data is a list of identifiers, or an empty list
MUST    PATCH replaces all members, or is an error where some are not found, or a 403
MUST    POST adds members that are not there yet
MUST    A member that is there is not added again
MUST    A member that is there does not become two
MUST    POST of members that are there, or can be added, is a success
MUST    DELETE removes the members, or is a 403
MUST    DELETE removes those members alone
MUST    DELETE of members that are missing already is a success
MUST    An update of a relationship that is not complete is a 202 =complete
MUST    An update of a relationship whose result is what the request says is a 204
MUST    An update that changes the relationship in other ways, too, is a 200 =exact
MUST    Its document has the relationship as it is now =exact
MUST    An update of a relationship that is answered by meta alone is a 200 =unused
MUST    Then the document has no representation of the relationship =unused
MUST    An update of a relationship that is not supported is a 403
MAY     Other statuses are possible for updates of relationships
MAY     Errors of updates of relationships have details
MUST    Responses to updates of relationships follow HTTP
MUST    A deletion that is not complete is a 202 =complete
MUST    A deletion without content is a 204
MUST    A deletion that is answered by meta alone is a 200 =unused
SHOULD  A deletion of a resource that does not exist is a 404
MAY     Other statuses are possible for deletions
MAY     Errors of deletions have details
MUST    Responses to deletions follow HTTP
# Query Parameters
MUST    Parameters of an implementation are spelled as member names, with a character that is no lowercase letter
RECOMMENDED That character is a hyphen, an underscore or a capital
RECOMMENDED A parameter that is not known, and not spelled so, is a 400
# Errors
MAY     A request ends at the first problem, or reports several
SHOULD  Several problems have the most general status
MUST    Error objects are a list in the member errors
MAY     Error objects have id, links, status, code, title, detail, source and meta
`

export const STATEMENTS: readonly Statement[] = read()

function read(): Statement[] {
  const statements: Statement[] = []
  let section = ''
  for (const line of LIST.trim().split('\n')) {
    const [, level = '', text = '', mark] = line.match(/^(\S+) +(.+?)(?: =(\w+))?$/) ?? []
    if (level === '#') section = text
    else
      statements.push({
        number: statements.length + 1,
        section,
        level: level as Statement['level'],
        text,
        reason: mark === undefined ? undefined : REASONS[mark],
      })
  }
  return statements
}

/** Statements that no spec shows yet. */
export const PENDING: readonly number[] = []
