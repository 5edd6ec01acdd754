package sending

import (
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/staff"
)

// routes is the face's whole surface: where, who may, what answers.
func routes(o Options) []web.Route {
	return []web.Route{
		// Credentials sent to many at once.
		staff.At("GET /dispatches", actor.SendToMany, listDispatches),
		staff.At("GET /dispatches/new", actor.SendToMany, o.askDispatch),
		staff.At("POST /dispatches", actor.SendToMany, o.startDispatch),
		staff.At("GET /dispatches/{dispatch}", actor.SendToMany, o.showDispatch),
		staff.At("POST /dispatches/{dispatch}/cancel", actor.SendToMany, cancelDispatch),
	}
}
