/**
 * The stylesheet of all built-in pages: data and problems as HTML, and the documentation page. Export it into pages of
 * your own by `<style>`.
 *
 * It follows the reader's color scheme, and tables scroll on narrow screens. The content security policy of the option
 * `securityHeaders` allows it by its hash; under one that forbids inline styles, the pages are plain but complete.
 */
export const pageStyle: string = `:root{color-scheme:light dark;--line:#8884;--soft:#8881;--dim:light-dark(#57606a,#9da7b3);--accent:light-dark(#0550ae,#79c0ff)}
body{font:16px/1.5 system-ui,sans-serif;max-width:64rem;margin:0 auto;padding:1rem;overflow-wrap:anywhere}
h1,h2,h3,h4{line-height:1.25;margin:1.2em 0 .4em}h1 small,.dim{color:var(--dim);font-weight:400}
a{color:var(--accent)}code,pre{font:.9em/1.45 ui-monospace,monospace}code{background:var(--soft);padding:.1em .3em;border-radius:.25em}
pre{background:var(--soft);padding:.75rem;border-radius:.4em;overflow-x:auto;white-space:pre-wrap}pre code{background:none;padding:0}
table{border-collapse:collapse;display:block;max-width:100%;overflow-x:auto;border:0}
th,td{border:1px solid var(--line);padding:.3rem .6rem;text-align:left;vertical-align:top;overflow-wrap:normal}
ul,ol{padding-left:1.4rem;margin:.4em 0}summary{cursor:pointer}`
