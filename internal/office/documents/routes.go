package documents

import (
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/folder"
	"github.com/entregent/entregent/internal/web/staff"
)

// routes is the face's whole surface: where, who may, what answers.
func routes() []web.Route {
	return []web.Route{
		staff.At("GET /organizations/{organization}/documents", actor.SeeDocuments, listDocuments),
		staff.At("GET /organizations/{organization}/documents/new", actor.EditDocuments, askDocuments),
		staff.At("POST /organizations/{organization}/documents", actor.EditDocuments, addDocuments).WithFiles(),

		staff.At("GET /documents/{document}", actor.SeeDocuments, showDocument),
		staff.At("POST /documents/{document}", actor.EditDocuments, editDocument),
		staff.At("GET /documents/{document}/file", actor.SeeDocuments, folder.Serve),
		staff.At("GET /documents/{document}/versions/{version}", actor.SeeAdminsDocuments, folder.ServeVersion),
		staff.At("POST /documents/{document}/versions", actor.EditDocuments, addVersion).WithFiles(),
		staff.At("GET /documents/{document}/deletion", actor.EditDocuments, askDeletion),
		staff.At("POST /documents/{document}/deletion", actor.EditDocuments, deleteDocument),
	}
}
