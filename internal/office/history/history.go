// Package history is a face of the back office, « Historique »: what was done in the workspace and to one contact, in
// words, with comments; and the same as a file for programs.
//
// It turns requests into the rooms' verbs and their answers into pages, and holds no rule of the business and no SQL.
// routes.go is its whole surface.
package history

import "github.com/entregent/entregent/internal/web"

// Mount gives the site the face's routes.
func Mount(site *web.Site) { site.Mount(routes()...) }
