// Package requests is a face of the back office, « Demandes »: the queue of support requests, those of one organisation,
// and each with its thread and what staff do with it.
//
// It turns requests into the rooms' verbs and their answers into pages, and holds no rule of the business and no SQL.
// routes.go is its whole surface.
package requests

import "github.com/entregent/entregent/internal/web"

// Mount gives the site the face's routes.
func Mount(site *web.Site) { site.Mount(routes()...) }
