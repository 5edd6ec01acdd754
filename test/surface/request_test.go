package surface

import (
	"context"
	"strings"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/request"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
)

// asked is a request for whoever asks in the portal, for somebody of the host elsewhere; one that is resolved for the route that reopens it. Of an
// organisation that asks nothing any more it is none.
func (s *scene) asked() id.Request {
	s.in.t.Helper()
	whom, ok := s.in.homes[s.who]
	if !ok || s.route.Door != web.Contact {
		whom = s.in.contact(s.host)
	}
	s.contact = whom
	made := id.NewRequest()
	s.in.update(func(ctx context.Context, tx *sqldb.Tx) error {
		r, err := request.Create(ctx, tx, s.host.by, request.Input{For: whom.ID, Kind: "technical", Subject: "Écran noir", Text: "Depuis ce matin."})
		if fault.As(err) != nil {
			return nil
		}
		if made = r.ID; err == nil && strings.HasSuffix(s.route.Pattern, "/reopening") {
			err = request.Move(ctx, tx, s.host.by, r.ID, request.Resolved)
		}
		return err
	})
	return made
}

// attached is a file of the request's.
func (in *installation) attached(h host, to id.Request) string {
	in.t.Helper()
	f, err := in.site.Files.Receive(in.t.Context(), strings.NewReader("des mots"), "note.txt")
	if err != nil {
		in.t.Fatal(err)
	}
	in.update(func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := request.Say(ctx, tx, h.by, to, request.Remark{Text: "Voici.", Files: []file.Received{f}, NoHealthData: true})
		if fault.As(err) != nil {
			return nil
		}
		return err
	})
	return f.ID.String()
}
