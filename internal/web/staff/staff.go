// Package staff holds what the faces of the back office share, beside what package web gives to all faces: the
// frame around the tabs of an organisation, the filters of the lists as their addresses say them,
// how a letter with credentials is told, and the way out for files that take data along.
//
// It has no page and no route of its own; those are the faces'.
package staff

import (
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/web"
)

// At is a route below /{workspace}/office; where is its method and path.
func At(where string, needs actor.Permission, handle web.Handler) web.Route {
	method, path, _ := strings.Cut(where, " ")
	return web.Route{Pattern: method + " /{workspace}/office" + path, Needs: needs, Handle: handle}
}
