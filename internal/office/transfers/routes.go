package transfers

import (
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/staff"
)

// routes is the face's whole surface: where, who may, what answers.
func routes(o Options) []web.Route {
	return []web.Route{
		// Files in and out.
		staff.At("GET /import", actor.Import, o.showTransfers),
		large(staff.At("POST /import", actor.Import, o.receive), o.Transfers.Bytes),
		staff.At("GET /import/template", actor.Import, downloadTemplate),
		staff.At("GET /import/{transfer}", actor.Import, showImport),
		staff.At("POST /import/{transfer}/check", actor.Import, checkImport),
		staff.At("POST /import/{transfer}/start", actor.Import, startImport),
		staff.At("POST /import/{transfer}/cancel", actor.Import, cancelImport),
		staff.At("GET /import/{transfer}/refused", actor.Import, downloadRefused),
		staff.At("GET /export", actor.Export, exportNoun),
		staff.At("GET /export/confirmation", actor.Export, staff.Exit.Show),
		staff.At("POST /export/confirmation", actor.Export, staff.Exit.Confirm),
	}
}

// large lets a route take a file of so many bytes, and the rest of its form.
func large(route web.Route, bytes int64) web.Route {
	route.Body = bytes + 1<<20
	return route
}
