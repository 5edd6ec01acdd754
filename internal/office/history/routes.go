package history

import (
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/staff"
)

// routes is the face's whole surface: where, who may, what answers.
func routes() []web.Route {
	return []web.Route{
		// What was done, and what people want remembered.
		staff.At("GET /journal", actor.SeeJournal, listJournal),
		staff.At("GET /journal/export", actor.ExportJournal, exportJournal),
		staff.At("POST /journal/comments", actor.Comment, commentWorkspace),
		staff.At("GET /contacts/{contact}/journal", actor.SeeJournal, contactJournal),
		staff.At("POST /contacts/{contact}/comments", actor.Comment, commentContact),
	}
}
