package requests

import (
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/staff"
	"github.com/entregent/entregent/internal/web/support"
)

// routes is the face's whole surface: where, who may, what answers.
func routes() []web.Route {
	return []web.Route{
		// Which requests.
		staff.At("GET /requests", actor.SeeRequests, showQueue),
		staff.At("GET /requests/export", actor.ExportRequests, exportRequests),
		staff.At("POST /requests/many", actor.HandleRequests, handleMany),
		staff.At("GET /organizations/{organization}/requests", actor.SeeRequests, showOrganization),

		// One of them.
		staff.At("GET /requests/new", actor.HandleRequests, newRequest),
		staff.At("POST /requests", actor.HandleRequests, createRequest).WithFiles(),
		staff.At("GET /requests/{request}", actor.SeeRequests, showRequest),
		staff.At("POST /requests/{request}/answer", actor.HandleRequests, answer).WithFiles(),
		staff.At("POST /requests/{request}/note", actor.HandleRequests, note).WithFiles(),
		staff.At("POST /requests/{request}/state", actor.HandleRequests, move),
		staff.At("POST /requests/{request}/assignment", actor.HandleRequests, assign),
		staff.At("POST /requests/{request}/kind", actor.HandleRequests, sort),
		staff.At("GET /requests/{request}/contact", actor.HandleRequests, askContact),
		staff.At("POST /requests/{request}/contact", actor.HandleRequests, relate),
		staff.At("GET /requests/{request}/files/{file}", actor.SeeRequests, support.ServeFile),
	}
}
