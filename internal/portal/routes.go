package portal

import (
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/web"
)

// routes is the portal's whole surface: where, who may, what answers.
func routes(o Options) []web.Route {
	return []web.Route{
		{Pattern: "GET /{workspace}/portal", Door: web.SignedIn, Handle: start},
		at("GET ", actor.SeeOwnContact, showHome),

		// One's own organisation.
		at("GET /contacts", actor.SeeColleagues, listContacts),
		at("GET /contacts/export", actor.ExportColleagues, exportContacts),
		at("GET /contacts/{contact}", actor.SeeColleagues, showContact),
	}
}

// at is a route below /{workspace}/portal/{organization}; where is its method and path.
func at(where string, needs actor.Permission, handle web.Handler) web.Route {
	method, path, _ := strings.Cut(where, " ")
	return web.Route{Pattern: method + " /{workspace}/portal/{organization}" + path, Door: web.Contact, Needs: needs, Handle: handle}
}
